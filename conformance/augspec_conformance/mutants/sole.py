"""Faults that show in one place only: each is for the one law that looks there."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np

import augspec
from augspec.draws import Draws
from augspec.language.policy import Policy
from augspec.namespace import Namespace
from augspec.ops.base import Combinator, Op
from augspec.ops.some_of import SomeOf
from augspec.plan.stages import Filter, Resample
from augspec.random.keys import Key
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.pipeline import Runner
from augspec_conformance.mutants.faulty import Faulty, HookedAugmenter, Run, Values, image_of
from augspec_conformance.mutants.mutant import Mutant

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


class UsesUpKeys(Faulty):
    """Moves to the next epoch when it gets the same key object twice in a row."""

    def __init__(self) -> None:
        self.last: Any = None

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        used, self.last = isinstance(key, Key) and key is self.last, key
        return run(Key(key.seed, key.epoch ^ 1, key.of_view) if used else key, sample, index)


class _DrawsOneApart(HookedAugmenter):
    def draw(self, key: Any, index: Any) -> Draws:
        drawn: Draws = super().draw(key, index)
        if drawn.batch != 1:
            return drawn
        moved = {path: np.asarray(value) ^ 1 if path.endswith("/degrees") else value for path, value in drawn.items()}
        return Draws(moved, drawn.quantities, 1)


class RoundsSingleDraws(Faulty):
    """Draws an angle of a single id one step off; in calls it is right."""

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        real = super().compile(policy, **options)
        return _DrawsOneApart(real.policy, self, real.options)


class TakesTrueForOne(Faulty):
    """Takes the key True for the key 1."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        return run(int(key) if isinstance(key, bool) else key, sample, index)


class DriftsOnConstants(Faulty):
    """Loses a level where it filters or resamples a surface without any structure."""

    def finished(self, runner: Runner, xp: Namespace, state: Values) -> Values:
        image = state["image"]
        works = any(isinstance(stage, (Filter, Resample)) for stage in runner.pipeline.fused.stages)
        if not works or image.size == 0 or min(image.shape[1:3]) < 2:
            return state
        flat = (image == image[:, :1, :1]).all((1, 2, 3))[:, None, None, None]
        level = image.dtype.type(256 if image.dtype == np.int32 else 1 / 255)
        return {**state, "image": np.where(flat, np.maximum(image - level, 0), image)}


class ReversesWholeChoices(Faulty):
    """Runs the members of a `some_of` that takes all of them from the last to the first."""

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        def turned(op: Op) -> Op:
            if isinstance(op, SomeOf) and op.n == len(op.ops) and not op.replace:
                return op.model_copy(update={"ops": op.ops[::-1]})
            return op

        return super().compile(policy.model_copy(update={"ops": tuple(turned(op) for op in policy.ops)}), **options)


class LosesDeepGates(Faulty):
    """Always applies an op with a gate inside of two combinators."""

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        def opened(op: Op, depth: int) -> Op:
            if isinstance(op, Combinator):
                members = tuple(opened(member, depth + 1) for member in op.ops)
                return op.model_copy(update={"ops": members})
            return op.model_copy(update={"p": 1.0}) if depth > 1 and 0 < op.p < 1 else op

        return super().compile(policy.model_copy(update={"ops": tuple(opened(op, 0) for op in policy.ops)}), **options)


class RoundsProbabilities(Faulty):
    """Comes with a writer of documents that rounds probabilities to one digit."""

    @staticmethod
    def _dumps(policy: Policy, **options: Any) -> str:
        def rounded(value: Any) -> Any:
            if isinstance(value, list):
                return [rounded(one) for one in value]
            if not isinstance(value, dict):
                return value
            return {key: round(one, 1) if key == "p" else rounded(one) for key, one in value.items()}

        text = augspec_dumps(policy, **options)
        return json.dumps(rounded(json.loads(text))) if '"p"' in text else text

    language: ClassVar[Mapping[str, Callable[..., Any]]] = {"dumps": _dumps}


class SkipsUnknownFields(Faulty):
    """Comes with a reader of documents that skips what an op does not know."""

    @staticmethod
    def _loads(text: Any, **options: Any) -> Policy:
        try:
            return augspec_loads(text, **options)
        except augspec.PolicyError:
            value = json.loads(text)
            for op in value["ops"]:
                op.pop("typo")
            return augspec_loads(json.dumps(value), **options)

    language: ClassVar[Mapping[str, Callable[..., Any]]] = {"loads": _loads}


class SortsRanges(Faulty):
    """Comes with a reader of documents that turns crossed ranges around."""

    @staticmethod
    def _loads(text: Any, **options: Any) -> Policy:
        def sorted_ranges(value: Any) -> Any:
            if isinstance(value, list):
                return [sorted_ranges(one) for one in value]
            if not isinstance(value, dict):
                return value
            return {
                key: sorted(one) if key == "uniform" and isinstance(one, list) else sorted_ranges(one)
                for key, one in value.items()
            }

        try:
            return augspec_loads(text, **options)
        except augspec.PolicyError:
            return augspec_loads(json.dumps(sorted_ranges(json.loads(text))), **options)

    language: ClassVar[Mapping[str, Callable[..., Any]]] = {"loads": _loads}


augspec_dumps, augspec_loads = augspec.dumps, augspec.loads
"""The language as it is, for those that change it."""


def _sole(name: str, title: str, wrong: str, make: Callable[[], Any], *killers: str) -> Mutant:
    return Mutant(name, "sole", title, wrong, make, killers)


MUTANTS = (
    _sole(
        "M110",
        "augments read-only images by another key",
        "A memory-mapped data set is augmented otherwise than the same one in memory.",
        ForgetsKeyIfReadOnly,
        "P2",
    ),
    _sole(
        "M110b",
        "sorts the caller's array of ids",
        "The caller's file names no longer belong to their results.",
        SortsIds,
        "P1",
    ),
    _sole(
        "M111",
        "moves on when it gets the same key object twice",
        "An evaluation that keeps its key is another one at every batch.",
        UsesUpKeys,
        "P15",
    ),
    _sole(
        "M112",
        "draws angles of a single id one step off",
        "What a notebook shows for one sample is not what training did.",
        RoundsSingleDraws,
        "K6",
    ),
    _sole(
        "M113",
        "takes the key True for the key 1",
        "A forgotten argument goes unseen.",
        TakesTrueForOne,
        "K7",
    ),
    _sole(
        "M114",
        "loses a level where it filters or resamples a plain surface",
        "Skies darken.",
        DriftsOnConstants,
        "N10",
    ),
    _sole(
        "M115",
        "turns the order of a some_of that takes all members around",
        "Blur comes after noise.",
        ReversesWholeChoices,
        "J7",
    ),
    _sole(
        "M116",
        "always applies gated ops inside of two combinators",
        "Nested policies are stronger than declared.",
        LosesDeepGates,
        "J8",
        "N1",
    ),
    _sole(
        "M117",
        "writes probabilities with one digit",
        "The policy in the repository is not the policy that ran.",
        RoundsProbabilities,
        "J1",
    ),
    _sole(
        "M118",
        "skips unknown fields when it reads a document",
        "A typing error turns an option off.",
        SkipsUnknownFields,
        "J3",
    ),
    _sole(
        "M119",
        "turns crossed ranges around when it reads a document",
        "A mistake in a document is guessed at, not reported.",
        SortsRanges,
        "J5",
    ),
)
