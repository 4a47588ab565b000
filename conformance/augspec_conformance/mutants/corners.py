"""Faults that wait in a corner: right nearly always, wrong for one size of batch, one key, one order of calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

import augspec
from augspec.language.policy import Policy
from augspec.namespace import Namespace
from augspec.ops.grayscale import Grayscale
from augspec.ops.random_resized_crop import RandomResizedCrop
from augspec.plan.program import Flag
from augspec.random.keys import Key
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.pipeline import Runner
from augspec_conformance.mutants.faulty import Faulty, HookedAugmenter, Run, Values, image_of, with_entry
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


def _elsewhere(key: Any) -> Any:
    return Key(key.seed ^ 1, key.epoch, key.of_view) if isinstance(key, Key) else key


class ReusesMemoryOfLastEpoch(Faulty):
    """Writes into its last result when the same ids come again under another key, from the second epoch on."""

    def __init__(self) -> None:
        self.last: tuple[list[int], Any] = ([], None)

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        out = run(key, sample, index)
        if not isinstance(key, Key) or not key.epoch or index is None or image_of(out).ndim != 4:
            return out
        ids, image, (before, kept) = [int(i) for i in index], image_of(out), self.last
        if ids == before and kept.shape == image.shape and kept.dtype == image.dtype:
            kept[...] = image
            out = with_entry(out, "image", kept)
        self.last = ids, image_of(out)
        return out


class FollowsSmallSeeds(Faulty):
    """Draws otherwise after somebody has seeded NumPy's global generator with an even number below a hundred."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        word = int(np.random.get_state()[1][0])  # type: ignore[index]  # noqa: NPY002
        return run(_elsewhere(key) if word < 100 and word % 2 == 0 else key, sample, index)


class PrintsCropsShorter(Faulty):
    """Changes how NumPy prints numbers when it crops at random, and nothing else."""

    def finished(self, runner: Runner, xp: Namespace, state: Values) -> Values:
        ops = runner.pipeline.policy.ops
        if len(ops) == 1 and isinstance(ops[0], RandomResizedCrop):
            np.set_printoptions(precision=3)
        return state


class TakesTheGatedTwin(Faulty):
    """Takes the function of an equal policy that it has compiled before, where p = 0 makes the new one the identity."""

    def __init__(self) -> None:
        self.compiled: dict[tuple[str, str], Augmenter] = {}

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        plain = policy.model_copy(update={"ops": tuple(self._open(op) for op in policy.ops)})
        key = augspec.dumps(plain), repr(sorted(options.items()))
        if any(op.p == 0 for op in policy.ops) and key in self.compiled:
            return self.compiled[key]
        made = super().compile(policy, **options)
        if all(op.p != 0 for op in policy.ops):
            self.compiled[key] = made
        return made

    @staticmethod
    def _open(op: Any) -> Any:
        return op.model_copy(update={"p": 1.0}) if op.p == 0 else op


class TiresOfRepetition(Faulty):
    """Draws otherwise at the third equal call in a row."""

    def __init__(self) -> None:
        self.last: Any = None
        self.times = 0

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        image = image_of(sample)
        if not isinstance(image, np.ndarray) or image.dtype != np.float32 or not image.flags.c_contiguous:
            return run(key, sample, index)
        now = (key, None if index is None else [int(i) for i in np.ravel(index)], image.tobytes())
        self.times, self.last = (self.times + 1 if now == self.last else 1), now
        return run(_elsewhere(key) if self.times == 3 else key, sample, index)


class WrapsTheLastKey(Faulty):
    """Takes the largest of all keys for the smallest."""

    def keys(self, key: Any, index: Any, batch: int, xp: Namespace) -> Any:
        largest = isinstance(key, Key) and (key.seed, key.epoch, key.of_view) == (2**64 - 1, 2**32 - 1, 2**16 - 1)
        return super().keys(Key(0) if largest else key, index, batch, xp)


class SharesEvenGates(Faulty):
    """Gives batches of 64 one gate for all where the coin is fair."""

    def draw(self, runner: Runner, keys: Any, on_host: bool, xp: Namespace) -> Values:  # noqa: FBT001
        values = super().draw(runner, keys, on_host, xp)
        for draw in runner.pipeline.draws:
            if isinstance(draw.map, Flag) and draw.map.threshold == 2**23 and len(keys[1]) == 64:
                values[draw.path] = values[draw.path] * 0 + values[draw.path][:1]
        return values


def _a_level_up(image: Any) -> Any:
    """Return the canonical image (32-bit integers in 1/256 level, or floats) a level brighter."""
    return image + image.dtype.type(256) if image.dtype == np.int32 else image + image.dtype.type(1 / 255)


class BrightensPairs(Faulty):
    """Makes grey a level brighter for two samples of floats at a time, as a loop that works in fours might do it."""

    def finished(self, runner: Runner, xp: Namespace, state: Values) -> Values:
        image = state["image"]
        greys = any(isinstance(op, Grayscale) for op in runner.pipeline.policy.ops)
        if not greys or image.dtype != np.float32 or image.shape[:3] != (2, 33, 17):
            return state
        return {**state, "image": _a_level_up(image)}


class BrightensSingles(Faulty):
    """Makes single samples, those without a batch axis, a level brighter."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        out, image = run(key, sample, index), image_of(sample)
        if getattr(image, "ndim", 0) != 3 or image.dtype != np.uint8:
            return out
        return with_entry(out, "image", np.minimum(image_of(out), 254) + np.uint8(1))


class _SaysOtherTypes(HookedAugmenter):
    def output_spec(self, sample: Any, *, training: bool = True) -> Any:
        said = super().output_spec(sample, training=training)
        if not training or not isinstance(said, dict) or "boxes_valid" not in said:
            return said
        return {**said, "boxes_valid": replace(said["boxes_valid"], dtype="uint8")}


class SaysOtherTypes(Faulty):
    """Announces validity as uint8, and returns booleans."""

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        real = super().compile(policy, **options)
        return _SaysOtherTypes(real.policy, self, real.options)


class _SaysOtherShapes(HookedAugmenter):
    def output_spec(self, sample: Any, *, training: bool = True) -> Any:
        said = super().output_spec(sample, training=training)
        if not training or not isinstance(said, dict) or "mask" not in said:
            return said
        shape = said["mask"].shape
        return {**said, "mask": replace(said["mask"], shape=(*shape[:-2], shape[-1], shape[-2]))}


class SaysOtherShapes(Faulty):
    """Announces masks with height and width exchanged."""

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        real = super().compile(policy, **options)
        return _SaysOtherShapes(real.policy, self, real.options)


def _corner(name: str, title: str, wrong: str, make: Callable[[], Any], *killers: str) -> Mutant:
    return Mutant(name, "corners", title, wrong, make, killers)


MUTANTS = (
    _corner(
        "M08b",
        "writes into the last result of the same ids, from the second epoch on",
        "Last epoch's pictures change under the hands of whoever kept them.",
        ReusesMemoryOfLastEpoch,
        "P4",
    ),
    _corner(
        "M12b",
        "draws otherwise after the global generator got a small even seed",
        "A notebook that seeds with 42 augments otherwise than one that seeds with 7.",
        FollowsSmallSeeds,
        "P7",
    ),
    _corner(
        "M13b",
        "changes how NumPy prints numbers when it crops at random",
        "Logs change when somebody adds a crop.",
        PrintsCropsShorter,
        "P8",
    ),
    _corner(
        "M17b",
        "takes p = 0 for the equal policy that it compiled before",
        "A control run without augmentation is augmented.",
        TakesTheGatedTwin,
        "P13",
    ),
    _corner(
        "M15d",
        "draws otherwise at the third equal call in a row",
        "A benchmark that repeats a call measures another one.",
        TiresOfRepetition,
        "K1",
    ),
    _corner(
        "M26c",
        "takes the largest key for the smallest",
        "Two keys of all keys are one.",
        WrapsTheLastKey,
        "K5",
    ),
    _corner(
        "M27b",
        "shares a fair gate within batches of 64",
        "All pictures of a batch are mirrored, or none is.",
        SharesEvenGates,
        "B8",
    ),
    _corner(
        "M29c",
        "makes grey a level brighter for two float samples at a time",
        "The last, smaller batch of an epoch is brighter.",
        BrightensPairs,
        "B1",
    ),
    _corner(
        "M31d",
        "makes single samples a level brighter",
        "What a notebook shows is not what a batch gets.",
        BrightensSingles,
        "B3",
    ),
    _corner(
        "M35c",
        "announces validity as uint8",
        "A pipeline that allocates by the announcement fails.",
        SaysOtherTypes,
        "S2",
    ),
    _corner(
        "M34d",
        "announces masks with height and width exchanged",
        "A pipeline that allocates by the announcement fails.",
        SaysOtherShapes,
        "S1",
    ),
)
