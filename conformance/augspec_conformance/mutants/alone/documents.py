"""Faults of nested policies, and of the language that comes with a backend."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import augspec
from augspec.language.policy import Policy
from augspec.ops.base import Combinator, Op
from augspec.ops.some_of import SomeOf
from augspec_backends.generic.augmenter import Augmenter
from augspec_conformance.mutants.alone.fault import alone
from augspec_conformance.mutants.faulty import Faulty

__all__ = ["MUTANTS"]


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


MUTANTS = (
    alone(
        "M115",
        "turns the order of a some_of that takes all members around",
        "Blur comes after noise.",
        ReversesWholeChoices,
        "J7",
    ),
    alone(
        "M116",
        "always applies gated ops inside of two combinators",
        "Nested policies are stronger than declared.",
        LosesDeepGates,
        "J8",
        "N1",
    ),
    alone(
        "M117",
        "writes probabilities with one digit",
        "The policy in the repository is not the policy that ran.",
        RoundsProbabilities,
        "J1",
    ),
    alone(
        "M118",
        "skips unknown fields when it reads a document",
        "A typing error turns an option off.",
        SkipsUnknownFields,
        "J3",
    ),
    alone(
        "M119",
        "turns crossed ranges around when it reads a document",
        "A mistake in a document is guessed at, not reported.",
        SortsRanges,
        "J5",
    ),
)
