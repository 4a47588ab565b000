"""Faults of named masks: they are treated in another way than the plain one, which laws ask more about."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

import augspec
from augspec.language.policy import Policy
from augspec.namespace import Array
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.pixels import Pixels, State
from augspec_backends.numpy.backend import Backend
from augspec_conformance.mutants.faulty import Faulty, Run
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


class _Named(Faulty):
    """Knows the names of its policy's masks."""

    names: tuple[str, ...] = ()

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        own = type(self)()
        own.names = tuple(policy.targets.masks)
        own.told(policy, options)
        return super(_Named, own).compile(own.changed(policy), **options)

    def told(self, policy: Policy, options: dict[str, Any]) -> None:
        """Look at a policy and its options."""

    def changed(self, policy: Policy) -> Policy:
        """Return the policy that is compiled."""
        return policy

    def each(self, out: Any, change: Callable[[Array], Array]) -> Any:
        """Return a result with its named masks changed."""
        if not isinstance(out, Mapping):
            return out
        return {name: change(array) if name in self.names else array for name, array in out.items()}


class MirrorsNamed(_Named):
    """Continues named masks by `mirror` where `lens` or `pad` continue the image by `symmetric`."""

    other: Augmenter | None = None

    def told(self, policy: Policy, options: dict[str, Any]) -> None:
        text = augspec.dumps(policy)
        if self.names and '"symmetric"' in text and policy.ops[0].tag in ("lens", "pad"):
            self.other = Backend().compile(augspec.loads(text.replace('"symmetric"', '"mirror"')), **options)

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        out = run(key, sample, index)
        if self.other is None or not isinstance(out, Mapping):
            return out
        mirrored = self.other(key, sample, index)
        return {name: mirrored[name] if name in self.names else array for name, array in out.items()}


class NamedMasksAreFloats(_Named):
    """Takes named masks of float64 through float32."""

    def result(self, out: Any, sample: Any) -> Any:
        return self.each(out, lambda x: x.astype(np.float32).astype(x.dtype) if x.dtype == np.float64 else x)


class DropsChannel(_Named):
    """Gives a named mask of one channel without a channel axis."""

    def result(self, out: Any, sample: Any) -> Any:
        one = [n for n in self.names if isinstance(sample, Mapping) and n in sample and sample[n].shape[-1] == 1]
        return {**out, **{name: out[name][..., 0] for name in one}} if one else out


class ReturnsNamed(_Named):
    """Returns the caller's own named masks where they stay as they were."""

    def result(self, out: Any, sample: Any) -> Any:
        if not isinstance(out, Mapping):
            return out
        same = [n for n in self.names if n in sample and np.array_equal(out[n], sample[n])]
        return {**out, **{name: sample[name] for name in same}}


class CopiesOnce(_Named):
    """Returns one array for two names under which one was handed over."""

    def result(self, out: Any, sample: Any) -> Any:
        if not isinstance(out, Mapping) or "mask" not in sample:
            return out
        twice = [n for n in self.names if n in sample and sample[n] is sample["mask"]]
        return {**out, **dict.fromkeys(twice, out["mask"])}


class MixesBesideNamed(_Named):
    """Takes named masks in `mixup`, and gives them back unmixed."""

    mixing: bool = False

    def told(self, policy: Policy, options: dict[str, Any]) -> None:
        self.mixing = any(op.tag == "mixup" for op in policy.ops)

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        named = {n: sample[n] for n in self.names if n in sample} if self.mixing else {}
        if not named:
            return run(key, sample, index)
        out = run(key, {name: value for name, value in sample.items() if name not in named}, index)
        return {**out, **{name: array.copy() for name, array in named.items()}}


class WrapsNamedFills(_Named):
    """Keeps the low byte of a named mask's fill that is above 255."""

    def changed(self, policy: Policy) -> Policy:
        document = json.loads(augspec.dumps(policy))
        for mask in document.get("targets", {}).get("masks", {}).values():
            if mask.get("fill", 0) > 255:
                mask["fill"] = mask["fill"] % 256
        return augspec.loads(json.dumps(document))


class _NarrowFill(Pixels):
    def outside(self, state: State, name: str) -> Array:
        return np.array([np.float32(self.fills[name])], np.float64).astype(state[name].dtype)


class NarrowFills(Faulty):
    """Takes the fill of masks through float32."""

    pixels = _NarrowFill


class GuessesLayout(_Named):
    """Takes the channels of a mask that come first for its rows, where both are as many and rows are short."""

    first: bool = False

    def told(self, policy: Policy, options: dict[str, Any]) -> None:
        self.first = options.get("layout") == "NCHW"

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        mask = sample.get("mask") if isinstance(sample, Mapping) and self.first else None
        if mask is None or mask.ndim != 4 or mask.shape[-1] > 4 or mask.shape[1] != mask.shape[2]:
            return run(key, sample, index)
        turned = np.moveaxis(mask, 2, 1)  # its rows where channels are, and its channels where rows are
        out = run(key, {**sample, "mask": np.ascontiguousarray(turned)}, index)
        return {**out, "mask": np.ascontiguousarray(np.moveaxis(out["mask"], 1, 2))}


def _mutant(number: int, title: str, wrong: str, make: type[Faulty], law: str, **fields: Any) -> Mutant:
    return Mutant(f"M{number}", "named_masks", title, wrong, make, (law,), **fields)


MUTANTS = (
    _mutant(
        350,
        "continues named masks by mirror where lens and pad are symmetric",
        "At the edge, the depth belongs to the pixel beside.",
        MirrorsNamed,
        "F13",
        tier="full",
    ),
    _mutant(351, "takes named masks of float64 through float32", "A third is no third.", NamedMasksAreFloats, "F13"),
    _mutant(352, "drops the only channel of a named mask", "Batches no longer stack.", DropsChannel, "F13"),
    _mutant(
        353,
        "returns the caller's named masks where they stay as they were",
        "Changing the result in place changes the data set, for one target.",
        ReturnsNamed,
        "P3",
    ),
    _mutant(
        354,
        "returns one array for two names of one",
        "Editing the copy that was meant for it edits the other.",
        CopiesOnce,
        "P3",
    ),
    _mutant(
        355,
        "takes named masks in mixup, and leaves them",
        "Half of a mixed picture has no label map.",
        MixesBesideNamed,
        "S10",
    ),
    _mutant(356, "wraps fills of named masks", "Class 44 stands for unknown.", WrapsNamedFills, "S10"),
    _mutant(
        357, "takes the fill of masks through float32", "What is outside has another id in masks.", NarrowFills, "F2"
    ),
    _mutant(
        358,
        "guesses from a mask's sides where its channels are",
        "Masks of narrow pictures are turned over in their classes.",
        GuessesLayout,
        "F2",
    ),
)
