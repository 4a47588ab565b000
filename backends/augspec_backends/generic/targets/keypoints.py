"""Keypoints: points that move, and are visible as long as they are on the canvas (T4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from augspec.errors import SampleError
from augspec.language.policy import Targets
from augspec.namespace import Array
from augspec_backends.generic.options import Options
from augspec_backends.generic.signature import Leaf, Signature
from augspec_backends.generic.targets.rows import Rows, as_given
from augspec_backends.generic.targets.target import Passage, Shape, State

__all__ = ["Keypoints"]


@dataclass(frozen=True)
class Keypoints(Rows):
    """Keypoints (K, 2), continuous or as pixel indices."""

    name: str = "keypoints"
    flag: str = "keypoints_visible"
    words: tuple[str, ...] = ("keypoints",)
    barred: tuple[str, ...] = ("keypoints",)

    def columns(self, options: Options) -> int:
        return 2

    def check(self, shape: Shape, dtype: str, sig: Signature, options: Options, settings: Targets) -> None:
        super().check(shape, dtype, sig, options, settings)
        rows, said = shape[-2] or 0, settings.keypoints
        if said.names and len(said.names) != rows:
            raise SampleError(
                self.name, f"{len(said.names)} rows, one for each of targets.keypoints.names", f"shape {shape}"
            )
        worst = max((row for pair in said.swap_pairs for row in pair), default=-1)
        if worst >= rows:
            raise SampleError(
                self.name,
                f"at least {worst + 1} rows, because targets.keypoints.swap_pairs names row {worst}",
                f"shape {shape}",
            )

    def enter(self, go: Passage, arrays: Mapping[str, Array]) -> State:
        xp, sig = go.xp, go.signature
        points = xp.astype(go.rows(arrays[self.name]), "float32")
        points = points + 0.5 if go.options.keypoint_format == "index" else points
        x, y = xp.unstack(points)
        visible = xp.logical_and(
            xp.logical_and(x >= 0, x < float(sig.width)), xp.logical_and(y >= 0, y < float(sig.height))
        )
        if sig.has(self.flag):
            visible = xp.logical_and(visible, go.rows(arrays[self.flag]))
        return {"keypoints": points, "keypoints_visible": visible}

    def leave(self, go: Passage, state: State, start: State, arrays: Mapping[str, Array]) -> dict[str, Array]:
        points = state["keypoints"]
        new = points - 0.5 if go.options.keypoint_format == "index" else points
        new = go.xp.astype(new, go.signature.dtype_of(self.name))
        new = as_given(go, new, points, start["keypoints"], arrays[self.name])
        return {self.name: go.lead(new), self.flag: go.lead(state["keypoints_visible"])}

    def spec(self, shape: Shape, dtype: str, sig: Signature, options: Options, runner: Any) -> dict[str, Leaf]:
        rows = shape[-2] * runner.rows
        return {self.name: Leaf((*shape[:-2], rows, 2), dtype), self.flag: Leaf((*shape[:-2], rows), "bool")}
