"""Masks: pixels that follow the geometry with `nearest`, in their own dtype (T2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from augspec.errors import SampleError
from augspec.formats import FLOATS, MASKS
from augspec.language.policy import Targets
from augspec.namespace import Array
from augspec_backends.generic.options import Options
from augspec_backends.generic.signature import Leaf, Signature
from augspec_backends.generic.targets.target import Passage, Shape, State, Target

__all__ = ["Mask"]


@dataclass(frozen=True)
class Mask(Target):
    """A mask (H, W), or with channels in the layout of the image.

    Attributes:
        fill: its value outside.
        setting: where the policy says that.
    """

    words: tuple[str, ...] = ("mask",)
    barred: tuple[str, ...] = ("mask",)
    fill: float = 0.0
    setting: str = "targets.mask"
    pixels: ClassVar[bool] = True
    layouts: ClassVar[bool] = True

    @property
    def state(self) -> str:
        """Return what the state calls it."""
        return "mask" if self.name == "mask" else f"mask:{self.name}"

    def check(self, shape: Shape, dtype: str, sig: Signature, options: Options, settings: Targets) -> None:
        lead, size = sig.lead, (sig.height, sig.width)
        tail = shape[len(lead) :]
        spatial: Shape = ()
        if len(tail) == 2:
            spatial = tail
        elif len(tail) == 3:
            spatial = tail[:2] if options.layout == "NHWC" else tail[1:]
        if spatial != size or shape[: len(lead)] != lead:
            raise SampleError(self.name, f"the image's batch and size {(*lead, *size)}", f"shape {shape}")
        if dtype not in MASKS:
            raise SampleError(self.name, f"a dtype of {', '.join(MASKS)}", f"dtype {dtype}")
        self.check_fill(dtype)

    def check_fill(self, dtype: str) -> None:
        """Refuse a fill that the dtype cannot hold: a cast would wrap it, or cut it off."""
        if dtype in FLOATS:
            return
        fill = self.fill
        low, high = (0, 1) if dtype == "bool" else (int(np.iinfo(dtype).min), int(np.iinfo(dtype).max))
        if fill != int(fill) or not low <= fill <= high:
            raise SampleError(
                self.name,
                f"a dtype that holds {self.setting}.fill = {fill:g}",
                f"dtype {dtype}, whole numbers {low} to {high}",
            )

    def enter(self, go: Passage, arrays: Mapping[str, Array]) -> State:
        mask = go.rows(arrays[self.name])
        return {self.state: go.channels_last(mask) if self.channels(go.signature) else mask[..., None]}

    def leave(self, go: Passage, state: State, start: State, arrays: Mapping[str, Array]) -> dict[str, Array]:
        mask = state[self.state]
        return {self.name: go.lead(go.declared(mask) if self.channels(go.signature) else mask[..., 0])}

    def spec(self, shape: Shape, dtype: str, sig: Signature, options: Options, runner: Any) -> dict[str, Leaf]:
        tail: Shape = tuple(runner.size)
        if self.channels(sig):
            tail = (*tail, shape[-1]) if options.layout == "NHWC" else (shape[-3], *tail)
        return {self.name: Leaf((*sig.lead, *tail), dtype)}

    def channels(self, sig: Signature) -> bool:
        return len(sig.shape_of(self.name)) == len(sig.lead) + 3
