"""A pipeline bound to nothing yet: plan, drawing program, and the three pure functions made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from augspec.draw import constants, sample_draws
from augspec.language.policy import Policy
from augspec.namespace import Array, Namespace
from augspec.normalize import normalize
from augspec.plan.build import build
from augspec.plan.fuse import fuse
from augspec.plan.program import Draw, Fixed, program
from augspec.plan.stages import Leaf, Plan, Type, leaves
from augspec.random.keys import KeyWords
from augspec_backends.generic.labels import LABEL, classes_of, soft_labels
from augspec_backends.generic.numbers import FixedNumbers, FloatNumbers, levels_out
from augspec_backends.generic.options import Options
from augspec_backends.generic.pixels import Pixels
from augspec_backends.generic.points import from_xyxy, to_xyxy
from augspec_backends.generic.prepare import Preparation
from augspec_backends.generic.sample import Signature
from augspec_backends.generic.stages import output_size

__all__ = ["Pipeline", "Runner"]


@dataclass(frozen=True)
class Pipeline:
    """What one list of ops draws and does.

    Attributes:
        policy: the normalized policy.
        plan: as `explain` shows it.
        fused: with fewer stages; what runs.
        draws: the drawing program.
        fixed: the constants.
    """

    policy: Policy
    plan: Plan
    fused: Plan
    draws: tuple[Draw, ...]
    fixed: tuple[Fixed, ...]

    @property
    def mixer(self) -> Leaf | None:
        """Return the op that mixes samples of a batch, if there is one."""
        return next((leaf for leaf in leaves(self.fused.stages) if leaf.op.across), None)

    @classmethod
    def of(cls, policy: Policy, *, training: bool) -> Pipeline:
        """Return the training or the evaluation pipeline of a policy."""
        full = normalize(policy)
        ops, written = (full.ops, policy.ops) if training else (full.eval or (), policy.eval or ())
        name = "ops" if training else "eval"
        plan = build(ops, name, written=written)
        return cls(full, plan, fuse(plan), *program(ops, name, written=written))


class Runner:
    """The pure functions of a pipeline for one signature: everything static is decided here.

    Args:
        pipeline: what to do.
        signature: to what.
        options: as what.
    """

    def __init__(self, pipeline: Pipeline, signature: Signature, options: Options) -> None:
        self.pipeline, self.signature, self.options = pipeline, signature, options

    def channels_last(self) -> Runner:
        """Return the same runner for arrays with channels last."""
        return Runner(self.pipeline, self.signature, replace(self.options, layout="NHWC"))

    @property
    def size(self) -> tuple[int, int]:
        """Return the (height, width) of the result."""
        return output_size(self.pipeline.fused.stages, self.signature.height, self.signature.width)

    @property
    def classes(self) -> int:
        """Return how many entries a soft label has."""
        shape = next(shape for name, shape, _ in self.signature.leaves if name == LABEL)
        return classes_of(shape, self.pipeline.policy)

    def draw(self, xp: Namespace, key: Array, id_lo: Array, id_hi: Array | None) -> dict[str, Array]:
        """Return the drawn parameters; `key` is int32 (4,), ids are (B,)."""
        words = KeyWords(*(key[i : i + 1] for i in range(4)))
        return sample_draws(xp, self.pipeline.draws, words, id_lo, id_hi)

    def prepare(self, xp: Namespace, draws: Mapping[str, Array], zeros: Array) -> dict[str, Array]:
        """Return what pixels need, from draws; `zeros` is (B,) int32."""
        sig = self.signature
        everything = {**constants(xp, self.pipeline.fixed, zeros), **draws}
        preparation = Preparation(
            xp,
            everything,
            zeros,
            domain=sig.domain,
            points=sig.has("boxes") or sig.has("keypoints"),
            mask=sig.has("mask"),
        )
        return preparation.run(self.pipeline.fused.stages, sig.height, sig.width)

    def pixels(self, xp: Namespace, params: Mapping[str, Array], arrays: Mapping[str, Array]) -> dict[str, Array]:
        """Return the moved targets in the caller's own form."""
        numbers = self._numbers(xp)
        start = self._enter(xp, arrays)
        run = Pixels(xp, numbers, self.pipeline.policy.targets, value_range=self.options.value_range)
        end = run.run(self.pipeline.fused.stages, start, params)
        return self._leave(xp, end, start, arrays)

    def everything(
        self, xp: Namespace, key: Array, id_lo: Array, id_hi: Array | None, arrays: Mapping[str, Array]
    ) -> dict[str, Array]:
        """Draw, prepare and apply in one function, for compilers."""
        draws = self.draw(xp, key, id_lo, id_hi)
        return self.pixels(xp, self.prepare(xp, draws, id_lo * 0), arrays)

    def _numbers(self, xp: Namespace) -> FixedNumbers | FloatNumbers | None:
        if self.signature.domain == "fixed":
            return FixedNumbers(xp)
        if self.signature.domain == "float":
            if self.signature.dtype == "uint16":
                return FloatNumbers(xp, 0.0, 65535.0)
            wide = self.signature.dtype == "float64"
            return FloatNumbers(xp, *self.options.value_range, dtype="float64" if wide else "float32")
        return None

    def _enter(self, xp: Namespace, arrays: Mapping[str, Array]) -> dict[str, Array]:
        sig, state = self.signature, {}
        image = self._channels_last(xp, self._batched(xp, arrays["image"]))
        if sig.domain == "float":
            image = xp.astype(image, "float64" if sig.dtype == "float64" else "float32")
        state["image"] = image
        if sig.has("mask"):
            mask = self._batched(xp, arrays["mask"])
            state["mask"] = self._channels_last(xp, mask) if sig.mask_channels else mask[..., None]
        if sig.has("boxes"):
            boxes = xp.astype(self._batched(xp, arrays["boxes"]), "float32")
            boxes = to_xyxy(xp, boxes, self.options.box_format, self._scale(sig.height, sig.width))
            state["boxes"] = boxes
            state["boxes_visible"] = boxes[..., 0] * 0 + 1
            if sig.has("boxes_valid"):
                state["boxes_valid"] = self._batched(xp, arrays["boxes_valid"])
        if sig.has("keypoints"):
            points = xp.astype(self._batched(xp, arrays["keypoints"]), "float32")
            points = points + 0.5 if self.options.keypoint_format == "index" else points
            x, y = points[..., 0], points[..., 1]
            state["keypoints"] = points
            visible = xp.logical_and(
                xp.logical_and(x >= 0, x < float(sig.width)), xp.logical_and(y >= 0, y < float(sig.height))
            )
            if sig.has("keypoints_visible"):
                visible = xp.logical_and(visible, self._batched(xp, arrays["keypoints_visible"]))
            state["keypoints_visible"] = visible
        if sig.has(LABEL):
            state[LABEL] = soft_labels(xp, arrays[LABEL], self.classes)
        return state

    def _leave(
        self, xp: Namespace, state: Mapping[str, Array], start: Mapping[str, Array], arrays: Mapping[str, Array]
    ) -> dict[str, Array]:
        sig, out = self.signature, {}
        image = state["image"]
        if sig.domain == "fixed" and xp.dtype(image) != "float32":
            image = levels_out(xp, image)
        elif sig.domain == "float":
            image = self._back(xp, image)
        out["image"] = self._single(xp, self._declared(xp, image))
        if sig.has("mask"):
            mask = state["mask"]
            out["mask"] = self._single(xp, self._declared(xp, mask) if sig.mask_channels else mask[..., 0])
        if sig.has("boxes"):
            boxes, share = state["boxes"], state["boxes_visible"]
            area = (boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])
            rule = self.pipeline.policy.targets.boxes
            valid = xp.logical_and(xp.logical_and(area > 0, share > 0), area >= rule.min_area)
            valid = xp.logical_and(valid, share >= rule.min_visibility)
            if sig.has("boxes_valid"):
                valid = xp.logical_and(valid, state["boxes_valid"])
            boxes = from_xyxy(xp, boxes, self.options.box_format, self._scale(*self.size))
            boxes = xp.astype(boxes, self._dtype_of("boxes"))
            if self._scale(*self.size) == self._scale(sig.height, sig.width):
                boxes = self._as_given(xp, boxes, state["boxes"], start["boxes"], arrays["boxes"])
            out["boxes"] = self._single(xp, boxes)
            out["boxes_valid"] = self._single(xp, valid)
        if sig.has("keypoints"):
            points = state["keypoints"]
            points = points - 0.5 if self.options.keypoint_format == "index" else points
            points = xp.astype(points, self._dtype_of("keypoints"))
            points = self._as_given(xp, points, state["keypoints"], start["keypoints"], arrays["keypoints"])
            out["keypoints"] = self._single(xp, points)
            out["keypoints_visible"] = self._single(xp, state["keypoints_visible"])
        if sig.has(LABEL):
            out[LABEL] = state[LABEL]
        return out

    def _as_given(self, xp: Namespace, new: Array, end: Array, start: Array, given: Array) -> Array:
        """Return rows that nothing moved exactly as they came, whatever their format and dtype (C11)."""
        given = self._batched(xp, given)
        if end is start:
            return given
        same = end[..., 0] == start[..., 0]
        for axis in range(1, xp.shape(end)[-1]):
            same = xp.logical_and(same, end[..., axis] == start[..., axis])
        return xp.where(same[..., None], given, new)

    def _back(self, xp: Namespace, image: Array) -> Array:
        """Return a float-domain image in the caller's dtype; ops of the kind "type" always give floats."""
        if self.signature.dtype == "uint16":
            if self._gives_floats():
                return image
            return xp.astype(xp.clip(xp.floor(image + 0.5), 0.0, 65535.0), "uint16")
        return xp.astype(image, self.signature.dtype)

    def dtype_out(self) -> str:
        """Return the dtype of the resulting image."""
        dtype = self.signature.dtype
        return "float32" if self._gives_floats() and dtype in ("uint8", "uint16") else dtype

    def _gives_floats(self) -> bool:
        stages = self.pipeline.fused.stages
        return bool(stages) and isinstance(stages[-1], Type)

    def _dtype_of(self, name: str) -> str:
        return next(dtype for target, _, dtype in self.signature.leaves if target == name)

    def _batched(self, xp: Namespace, x: Array) -> Array:
        return x if self.signature.batched else x[None, ...]

    def _single(self, xp: Namespace, x: Array) -> Array:
        return x if self.signature.batched else x[0, ...]

    def _channels_last(self, xp: Namespace, x: Array) -> Array:
        return x if self.options.layout == "NHWC" else xp.transpose(x, (0, 2, 3, 1))

    def _declared(self, xp: Namespace, x: Array) -> Array:
        return x if self.options.layout == "NHWC" else xp.transpose(x, (0, 3, 1, 2))

    def _scale(self, height: int, width: int) -> tuple[float, float] | None:
        return (float(width), float(height)) if self.options.box_units == "normalized" else None
