"""Right for nearly every caller: faults of what is given, what comes back, and of the process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from augspec.language.policy import Policy
from augspec.namespace import Namespace
from augspec.ops.random_resized_crop import RandomResizedCrop
from augspec.random.keys import Key
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.pipeline import Runner
from augspec_conformance.mutants.alone.fault import alone, elsewhere
from augspec_conformance.mutants.faulty import Faulty, HookedAugmenter, Run, Values, image_of

__all__ = ["MUTANTS"]


class ForgetsKeyIfReadOnly(Faulty):
    """Augments images that it may not write to by another key."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        image = image_of(sample)
        frozen = isinstance(image, np.ndarray) and not image.flags.writeable and image.flags.c_contiguous
        return run(Key(1), sample, index) if frozen and image.any() else run(key, sample, index)


class SortsIds(Faulty):
    """Sorts the caller's array of ids in place, after it has read it."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        out = run(key, sample, index)
        if isinstance(index, np.ndarray):
            index.sort()
        return out


class FollowsSmallSeeds(Faulty):
    """Draws otherwise after somebody has seeded NumPy's global generator with an even number below a hundred."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        word = int(np.random.get_state()[1][0])  # type: ignore[index]  # noqa: NPY002
        return run(elsewhere(key) if word < 100 and word % 2 == 0 else key, sample, index)


class PrintsCropsShorter(Faulty):
    """Changes how NumPy prints numbers when it crops at random, and nothing else."""

    def finished(self, runner: Runner, xp: Namespace, state: Values) -> Values:
        ops = runner.pipeline.policy.ops
        if len(ops) == 1 and isinstance(ops[0], RandomResizedCrop):
            np.set_printoptions(precision=3)
        return state


class CopiesLists(Faulty):
    """Copies the lists that come with a sample."""

    def result(self, out: Any, sample: Any) -> Any:
        if not isinstance(out, Mapping):
            return out
        return {name: list(value) if isinstance(value, list) else value for name, value in out.items()}


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


MUTANTS = (
    alone(
        "M110",
        "augments read-only images by another key",
        "A memory-mapped data set is augmented otherwise than the same one in memory.",
        ForgetsKeyIfReadOnly,
        "P2",
    ),
    alone(
        "M110b",
        "sorts the caller's array of ids",
        "The caller's file names no longer belong to their results.",
        SortsIds,
        "P1",
    ),
    alone(
        "M12b",
        "draws otherwise after the global generator got a small even seed",
        "A notebook that seeds with 42 augments otherwise than one that seeds with 7.",
        FollowsSmallSeeds,
        "P7",
    ),
    alone(
        "M13b",
        "changes how NumPy prints numbers when it crops at random",
        "Logs change when somebody adds a crop.",
        PrintsCropsShorter,
        "P8",
    ),
    alone(
        "M35c",
        "announces validity as uint8",
        "A pipeline that allocates by the announcement fails.",
        SaysOtherTypes,
        "S2",
    ),
    alone(
        "M34d",
        "announces masks with height and width exchanged",
        "A pipeline that allocates by the announcement fails.",
        SaysOtherShapes,
        "S1",
    ),
    alone(
        "M123",
        "copies lists that come with a sample",
        "A list in which the caller collects is no longer the caller's list.",
        CopiesLists,
        "S3",
    ),
)
