"""Faults of honesty: a backend that reads policies its own way, or claims what it does not do."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

import augspec
from augspec.language.policy import Policy
from augspec.namespace import Namespace
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.options import Capabilities
from augspec_backends.generic.pipeline import Runner
from augspec_backends.numpy.backend import Backend
from augspec_conformance.mutants.faulty import Faulty, Run, Values, image_of, with_entry
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


class LosesFields(Faulty):
    """Reads policies from JSON of its own, which leaves p = 1 out: flips get their default back."""

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        def dump(value: Any) -> Any:
            if isinstance(value, dict):
                return {name: dump(entry) for name, entry in value.items() if (name, entry) != ("p", 1.0)}
            return [dump(entry) for entry in value] if isinstance(value, list) else value

        again: Policy = augspec.loads(json.dumps(dump(policy.to_dict())))
        return super().compile(again, **options)


class SkipsUnknownOptions(Faulty):
    """Ignores options that it does not know."""

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        known = ("layout", "value_range", "box_format", "box_units", "keypoint_format", "mode")
        return super().compile(policy, **{name: value for name, value in options.items() if name in known})


class ComputesHalfCoarsely(Faulty):
    """Claims float16 and computes it in 8 bits."""

    def result(self, out: Any, sample: Any) -> Any:
        image = image_of(out)
        if image.dtype != np.float16:
            return out
        return with_entry(out, "image", (np.floor(image.astype(np.float32) * 255) / 255).astype(np.float16))


class Underclaims(Faulty):
    """Claims NHWC only, but takes NCHW as well."""

    capabilities: ClassVar[Capabilities] = replace(Backend.capabilities, dtypes=("uint8", "float32"))

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        return Faulty().compile(policy, **options)


class TakesAnyMode(Faulty):
    """Takes modes that it does not claim, and runs its own."""

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        if options.get("mode") in ("compiled", "graph", "xla"):
            options = {**options, "mode": "eager"}
        return super().compile(policy, **options)


class TakesUnclaimedLayout(Faulty):
    """Claims NHWC alone, but takes NCHW as well."""

    capabilities: ClassVar[Capabilities] = replace(Backend.capabilities, layouts=("NHWC",))

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        return Faulty().compile(policy, **options)


class RaisesItsOwnErrors(Faulty):
    """Stumbles over a dtype that it does not claim."""

    capabilities: ClassVar[Capabilities] = replace(Backend.capabilities, dtypes=("uint8", "float32"))

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        image = image_of(sample)
        if isinstance(image, np.ndarray) and image.dtype == np.uint16:
            raise KeyError("uint16")
        return run(key, sample, index)


class DropsWhatItCannotDo(Faulty):
    """Leaves out the last op of a policy that it cannot compute."""

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        try:
            return super().compile(policy, **options)
        except augspec.PolicyError:
            return super().compile(policy.model_copy(update={"ops": policy.ops[:-1]}), **options)


class BlamesTheFirstOp(Faulty):
    """Names the first op whichever is wrong."""

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        try:
            return super().compile(policy, **options)
        except augspec.PolicyError as error:
            raise augspec.PolicyError.single("ops[0]", error.value, error.allowed) from error


class TakesAnything(Faulty):
    """Casts dtypes it does not know instead of refusing them."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        image = image_of(sample)
        if isinstance(image, np.ndarray) and str(image.dtype) in (
            "int8",
            "int16",
            "int32",
            "int64",
            "uint32",
            "bool",
        ):
            sample = with_entry(sample, "image", image.astype(np.uint8))
        return run(key, sample, index)


class ReversesChannelsFirst(Faulty):
    """Returns NCHW images with their channels in reversed order."""

    def finished(self, runner: Runner, xp: Namespace, state: Values) -> Values:
        if runner.options.layout == "NHWC":
            return state
        return {**state, "image": state["image"][..., ::-1]}


MUTANTS = (
    Mutant(
        "M68",
        "honesty",
        "loses fields that equal another op's default",
        "A flip with p = 1 is a flip with p = 0.5.",
        LosesFields,
        ("N9", "G1", "N1"),
    ),
    Mutant(
        "M68b",
        "honesty",
        "ignores options that it does not know",
        "A typing error in `value_range` goes unseen.",
        SkipsUnknownOptions,
        ("J6",),
    ),
    Mutant(
        "M69",
        "honesty",
        "computes float16 in 8 bits",
        "Half precision is quarter precision.",
        ComputesHalfCoarsely,
        ("J6", "N1"),
    ),
    Mutant(
        "M69b",
        "honesty",
        "accepts dtypes that it does not claim",
        "A capability table that nobody can trust.",
        Underclaims,
        ("J6",),
    ),
    Mutant(
        "M69e",
        "honesty",
        "takes modes that it does not claim",
        "Whoever asks for speed gets none, and is not told.",
        TakesAnyMode,
        ("J6",),
    ),
    Mutant(
        "M69f",
        "honesty",
        "takes a layout that it does not claim",
        "A capability table that nobody can trust.",
        TakesUnclaimedLayout,
        ("J6",),
    ),
    Mutant(
        "M69g",
        "honesty",
        "stumbles over a dtype that it does not claim",
        "A KeyError from the depths instead of a sentence.",
        RaisesItsOwnErrors,
        ("J6",),
    ),
    Mutant(
        "M69h",
        "honesty",
        "leaves out ops that it cannot compute",
        "The policy in the paper is not what ran.",
        DropsWhatItCannotDo,
        ("J4",),
    ),
    Mutant(
        "M69i",
        "honesty",
        "blames the first op for any other",
        "The error leads to the wrong line.",
        BlamesTheFirstOp,
        ("J4",),
    ),
    Mutant(
        "M69c",
        "honesty",
        "casts dtypes it does not know",
        "Label maps come back as garbage.",
        TakesAnything,
        ("S10",),
    ),
    Mutant(
        "M69d",
        "honesty",
        "reverses the channels of NCHW images",
        "Red is blue, in one layout only.",
        ReversesChannelsFirst,
        ("S5",),
    ),
)
