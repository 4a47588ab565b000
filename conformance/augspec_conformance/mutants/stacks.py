"""Faults of stacks: frames that do not share a draw, or share what each should have of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from augspec.language.policy import Policy
from augspec.plan.stages import Noise, Occlude, Remap
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.pixels import Pixels, State
from augspec_backends.generic.prepare import Preparation
from augspec_backends.generic.stages import STEPS, Steps
from augspec_backends.generic.stages.occlude import OccludeStep
from augspec_backends.generic.stages.pixelwise import NoiseStep
from augspec_backends.generic.stages.remap import RemapStep
from augspec_conformance.mutants.alone.fault import elsewhere
from augspec_conformance.mutants.faulty import Faulty, Run
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


class _OfStacks(Faulty):
    """Every augmenter has a backend of its own, which knows whether it is for stacks, and for channels first."""

    stacks: bool = False
    first: bool = False

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        own = type(self)()
        own.stacks, own.first = bool(options.get("frames")), options.get("layout") == "NCHW"
        return super(_OfStacks, own).compile(policy, **options)


class DrawsForEveryFrame(_OfStacks):
    """Draws anew for every frame but the first."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        out = run(key, sample, index)
        if not self.stacks or not isinstance(out, Mapping) or key is None:
            return out
        other = run(elsewhere(key), sample, index)
        single = out["image"].ndim == 4
        return {name: x if name not in other else _from_second(x, other[name], single) for name, x in out.items()}


def _from_second(first: Any, others: Any, single: bool) -> Any:  # noqa: FBT001
    if not isinstance(first, np.ndarray) or first.ndim < 3:
        return first
    return np.concatenate([first[:1], others[1:]]) if single else np.concatenate([first[:, :1], others[:, 1:]], 1)


class FirstFrameOnly(_OfStacks):
    """Gives every frame the boxes of the first."""

    def result(self, out: Any, sample: Any) -> Any:
        if not self.stacks or not isinstance(out, Mapping) or "boxes" not in out or out["boxes"].ndim != 4:
            return out
        boxes = np.broadcast_to(out["boxes"][:, :1], out["boxes"].shape).copy()
        return {**out, "boxes": boxes}


class ChannelsBeforeFrames(_OfStacks):
    """Takes stacks with channels first for (B, C, T, H, W)."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        entries = sample if isinstance(sample, Mapping) else {"image": sample}
        image = entries.get("image")
        if not (self.stacks and self.first) or image is None or image.ndim != 5 or image.shape[1] != image.shape[2]:
            return run(key, sample, index)
        out = run(key, {**entries, "image": image.swapaxes(1, 2)}, index)
        new = {**out, "image": np.ascontiguousarray(out["image"].swapaxes(1, 2))}
        return new if isinstance(sample, Mapping) else new["image"]


class _OneNoise(NoiseStep):
    def prepare(self, to: Preparation, stage: Noise, at: str, height: int, width: int) -> None:
        super().prepare(to, stage, at, height, width)
        to.params[f"{at}.key"] = to.params[f"{at}.key"][:, :3]


class _OneFill(OccludeStep):
    def prepare(self, to: Preparation, stage: Occlude, at: str, height: int, width: int) -> None:
        super().prepare(to, stage, at, height, width)
        if f"{at}.key" in to.params:
            to.params[f"{at}.key"] = to.params[f"{at}.key"][:, :3]


class SharesNoise(Faulty):
    """Gives all frames the same noise, whatever the policy says."""

    steps: ClassVar[Steps] = {**STEPS, Noise: _OneNoise(), Occlude: _OneFill()}


class _NoiseById(NoiseStep):
    def prepare(self, to: Preparation, stage: Noise, at: str, height: int, width: int) -> None:
        super().prepare(to, stage, at, height, width)
        key = to.params[f"{at}.key"]
        if key.shape[1] == 4:
            to.params[f"{at}.key"] = np.stack([key[:, 0], key[:, 1], key[:, 2] + key[:, 3]], 1)


class CountsFramesAsSamples(Faulty):
    """Gives frame t the noise of the t-th sample after it: videos of neighbouring ids have noise in common."""

    steps: ClassVar[Steps] = {**STEPS, Noise: _NoiseById()}


class _FillByFrame(OccludeStep):
    def prepare(self, to: Preparation, stage: Occlude, at: str, height: int, width: int) -> None:
        super().prepare(to, stage, at, height, width)
        if f"{at}.key" in to.params and to.frames > 1 and to.shared_noise:
            frame = to.xp.reshape(to.frame(), (-1, 1))
            to.params[f"{at}.key"] = to.xp.concat([to.params[f"{at}.key"], frame], 1)


class FillsEveryFrame(Faulty):
    """Fills holes of every frame with noise of its own, also where the policy says that frames share it."""

    steps: ClassVar[Steps] = {**STEPS, Occlude: _FillByFrame()}


class _OneMean(OccludeStep):
    def prepare(self, to: Preparation, stage: Occlude, at: str, height: int, width: int) -> None:
        super().prepare(to, stage, at, height, width)
        to.params[f"{at}.frames"] = to.zeros + to.frames

    def apply(self, on: Pixels, stage: Occlude, state: State, params: Any, at: str) -> State:
        new: State = super().apply(on, stage, state, params, at)
        frames = int(params[f"{at}.frames"].max(initial=1))
        if getattr(stage.leaf.op, "fill", None) != "mean" or frames == 1:
            return new
        old = on.working(state["image"])
        means = on.numbers().mean(old)
        stacks = means.reshape(-1, frames, *means.shape[1:])
        whole = stacks.sum(1, dtype=np.int64) // frames if means.dtype.kind == "i" else stacks.mean(1)
        every = np.repeat(whole.astype(means.dtype), frames, 0)
        return {**new, "image": np.where(new["image"] != old, every, new["image"])}


class FillsWithOneMean(Faulty):
    """Fills the holes of a stack with the mean of all its frames."""

    steps: ClassVar[Steps] = {**STEPS, Occlude: _OneMean()}


class _OwnField(RemapStep):
    def prepare(self, to: Preparation, stage: Remap, at: str, height: int, width: int) -> None:
        super().prepare(to, stage, at, height, width)
        if f"{at}.key" in to.params:
            to.params[f"{at}.key"] = to.noise_key(stage.leaf)


class BendsEveryFrame(Faulty):
    """Bends every frame by a field of its own, as if the field were noise."""

    steps: ClassVar[Steps] = {**STEPS, Remap: _OwnField()}


class _FramesOfBytes(NoiseStep):
    def prepare(self, to: Preparation, stage: Noise, at: str, height: int, width: int) -> None:
        super().prepare(to, stage, at, height, width)
        key = to.params[f"{at}.key"]
        if key.shape[1] == 4:
            to.params[f"{at}.key"] = np.concatenate([key[:, :3], key[:, 3:] & 255], 1)


class CountsFramesInBytes(Faulty):
    """Begins the noise of a stack anew after 256 frames."""

    steps: ClassVar[Steps] = {**STEPS, Noise: _FramesOfBytes()}


MUTANTS = (
    Mutant(
        "M250",
        "stacks",
        "draws anew for every frame of a stack",
        "A video shakes, and its views no longer belong together.",
        DrawsForEveryFrame,
        ("F11",),
    ),
    Mutant(
        "M251",
        "stacks",
        "gives every frame the boxes of the first",
        "Boxes stand still while things move.",
        FirstFrameOnly,
        ("F11",),
    ),
    Mutant(
        "M252",
        "stacks",
        "takes stacks with channels first for (B, C, T, H, W)",
        "Three frames of one colour each are taken for three colours.",
        ChannelsBeforeFrames,
        ("F11",),
    ),
    Mutant(
        "M253",
        "stacks",
        "gives all frames of a stack the same noise",
        "Noise stands still on the picture, and a model learns to look through it.",
        SharesNoise,
        ("F12",),
    ),
    Mutant(
        "M254",
        "stacks",
        "gives frames the noise of the samples that follow",
        "Videos of neighbouring ids share their noise.",
        CountsFramesAsSamples,
        ("F12",),
    ),
    Mutant(
        "M306",
        "stacks",
        "fills holes with noise of each frame where frames share theirs",
        "What hides a moving picture flickers.",
        FillsEveryFrame,
        ("F11",),
        tier="full",
    ),
    Mutant(
        "M393",
        "stacks",
        "fills the holes of a stack with the mean of all its frames",
        "What is light in one view shines in the dark ones.",
        FillsWithOneMean,
        ("F11",),
        tier="full",
    ),
    Mutant(
        "M394",
        "stacks",
        "bends every frame of a stack by a field of its own",
        "A video ripples like water.",
        BendsEveryFrame,
        ("F11",),
        tier="full",
    ),
    Mutant(
        "M395",
        "stacks",
        "begins the noise of a stack anew after 256 frames",
        "Long videos have noise that comes back.",
        CountsFramesInBytes,
        ("F12",),
        tier="full",
    ),
)
