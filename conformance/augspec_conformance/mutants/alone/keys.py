"""Faults of keys, ids and streams that wait for one key, one id or one more op."""

# ruff: noqa: FBT001
# The signatures are those of the real backend.

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from augspec.draws import Draws
from augspec.language.policy import Policy
from augspec.namespace import Array, Namespace
from augspec.plan.program import Draw
from augspec.random.keys import Key
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.backend import Keys
from augspec_backends.generic.pipeline import Runner
from augspec_conformance.mutants.alone.fault import alone
from augspec_conformance.mutants.faulty import Faulty, HookedAugmenter, Restreamed, Run, Values

__all__ = ["MUTANTS"]

_GATES = 4
"""Gates that it draws as it should."""


class WrapsTheLastKey(Faulty):
    """Takes the largest of all keys for the smallest."""

    def keys(self, key: Any, index: Any, batch: int, xp: Namespace) -> Any:
        largest = isinstance(key, Key) and (key.seed, key.epoch, key.of_view) == (2**64 - 1, 2**32 - 1, 2**16 - 1)
        return super().keys(Key(0) if largest else key, index, batch, xp)


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


class _AppliesAll(HookedAugmenter):
    def apply(self, draws: Draws, sample: Any) -> Any:
        opened = {path: array * 0 + 1 if path.endswith("/apply") else array for path, array in draws.items()}
        return super().apply(Draws(opened, draws.quantities, draws.batch), sample)


class AppliesShutGates(Faulty):
    """Applies all ops when it is given draws, those whose gates are shut as well; in calls it is right."""

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        real = super().compile(policy, **options)
        return _AppliesAll(real.policy, self, real.options)


class TakesNoughtForNothing(Faulty):
    """Asks whether there is anything in the low 48 bits of a seed, and takes it for 0 if there is not."""

    def keys(self, key: Any, index: Any, batch: int, xp: Namespace) -> tuple[Keys, bool]:
        (words, low, high), on_host = super().keys(key, index, batch, xp)
        keeps = words[1] or words[0] & 0xFFFF
        return (words * np.array([1 if keeps else 0, 1, 1, 1], np.int32), low, high), on_host


class RunsOutOfGates(Faulty):
    """Draws four gates from their streams, and all of them from others as soon as there is a fifth."""

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        gates = {draw.path for draw in draws if draw.path.endswith("/apply")}
        if len(gates) <= _GATES:
            return draws
        return tuple(Restreamed.like(draw, f"{draw.path}@") if draw.path in gates else draw for draw in draws)


class TellsTwinsApart(Faulty):
    """Calls with another id for one that comes again within a batch, as a sampler that wants variety does."""

    def run(
        self,
        augmenter: Augmenter,
        runner: Runner,
        xp: Namespace,
        keys: Keys,
        on_host: bool,
        arrays: Mapping[str, Array],
    ) -> Values:
        words, low, high = keys
        seen: dict[tuple[int, int], int] = {}
        new = np.array(low)
        for place, one in enumerate(zip(low.tolist(), (low * 0 if high is None else high).tolist(), strict=True)):
            new[place] ^= np.int32(seen.setdefault(one, 0) << 20)
            seen[one] += 1
        return super().run(augmenter, runner, xp, (words, new, high), on_host, arrays)


MUTANTS = (
    alone(
        "M26c",
        "takes the largest key for the smallest",
        "Two keys of all keys are one.",
        WrapsTheLastKey,
        "K5",
    ),
    alone(
        "M112",
        "draws angles of a single id one step off",
        "What a notebook shows for one sample is not what training did.",
        RoundsSingleDraws,
        "K6",
    ),
    alone(
        "M113",
        "takes the key True for the key 1",
        "A forgotten argument goes unseen.",
        TakesTrueForOne,
        "K7",
    ),
    alone(
        "M124",
        "applies ops whose gates are shut when it is given draws",
        "Draws from a log give another picture than the logged one.",
        AppliesShutGates,
        "K8",
    ),
    alone(
        "M125",
        "takes seeds whose low 48 bits are 0 for the seed 0",
        "Runs that number their workers in the highest bits of the seed are all the same run.",
        TakesNoughtForNothing,
        "K2",
    ),
    alone(
        "M126",
        "draws all gates otherwise as soon as there are five",
        "A fifth op with a probability changes to what the other four are applied.",
        RunsOutOfGates,
        "K4",
    ),
    alone(
        "M127",
        "draws anew for an id that comes again within a batch",
        "What a sample becomes depends on how often it was drawn.",
        TellsTwinsApart,
        "B7",
    ),
)
