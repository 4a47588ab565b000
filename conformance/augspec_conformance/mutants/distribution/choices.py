"""Faults of choices: members that are chosen too often, or act in another order than was drawn."""

# ruff: noqa: FBT001
# The signatures are those of the real backend.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from augspec.draw import sample_draws
from augspec.namespace import Namespace
from augspec.plan.program import Categorical, Draw, Members, Order, Whole
from augspec.random.keys import KeyWords
from augspec_backends.generic.backend import Keys
from augspec_backends.generic.pipeline import Pipeline, Runner
from augspec_conformance.mutants.distribution.remapped import remapped
from augspec_conformance.mutants.faulty import Faulty, Values
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]

_ONE = 1 << 24


class IgnoresWeights(Faulty):
    """Chooses the members of `one_of` evenly."""

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        def change(draw: Draw) -> Any:
            m = draw.map
            if not isinstance(m, Categorical) or draw.quantity != "index":
                return m
            count = len(m.thresholds) + 1
            return Categorical(tuple(_ONE * i // count for i in range(1, count)), m.values)

        return remapped(draws, change)


class ChoosesWithReplacement(Faulty):
    """Chooses the members of `some_of` with replacement: sometimes fewer than n different ones."""

    def draw(self, runner: Runner, keys: Keys, on_host: bool, xp: Namespace) -> Values:
        values = super().draw(runner, keys, on_host, xp)
        key, low, high = keys
        words = KeyWords(*(key[i : i + 1] for i in range(4)))
        for draw in runner.pipeline.draws:
            m = draw.map
            if isinstance(m, Members) and 1 < m.k < m.n:
                single = (replace(draw, map=Members(1, m.n)),)
                picks = [sample_draws(xp, single, words, low ^ (turn << 24), high)[draw.path] for turn in range(m.k)]
                values[draw.path] = np.maximum.reduce(picks)
        return values


class PrefersFirst(Faulty):
    """Shuffles badly: the first member of `some_of` is chosen more often."""

    def draw(self, runner: Runner, keys: Keys, on_host: bool, xp: Namespace) -> Values:
        values = super().draw(runner, keys, on_host, xp)
        for draw in runner.pipeline.draws:
            if isinstance(draw.map, Members) and 0 < draw.map.k < draw.map.n:
                flags = values[draw.path].copy()
                # As a naive shuffle does: now and then the first member pushes out a chosen one.
                pushed = (keys[1] % 4 == 0) & (flags[:, 0] == 0)
                victim = flags.argmax(1)
                flags[pushed, victim[pushed]] = 0
                flags[pushed, 0] = 1
                values[draw.path] = flags
        return values


class ShufflesNaively(Faulty):
    """Shuffles an order by exchanging every place with any other one, which prefers some orders."""

    def draw(self, runner: Runner, keys: Keys, on_host: bool, xp: Namespace) -> Values:
        values = super().draw(runner, keys, on_host, xp)
        key, low, high = keys
        words = KeyWords(*(key[i : i + 1] for i in range(4)))
        for draw in _orders(runner):
            others = sample_draws(xp, (replace(draw, map=Whole(0, draw.map.n)),), words, low, high)[draw.path]
            order, rows = np.zeros_like(others) + np.arange(draw.map.n, dtype=np.int32), np.arange(len(others))
            for place in range(draw.map.n):
                other = others[:, place]
                order[:, place], order[rows, other] = order[rows, other], order[:, place].copy()
            values[draw.path] = order
        return values


class KeepsListedOrder(Faulty):
    """Runs the members of `random_order` as they are listed."""

    def draw(self, runner: Runner, keys: Keys, on_host: bool, xp: Namespace) -> Values:
        values = super().draw(runner, keys, on_host, xp)
        for draw in _orders(runner):
            values[draw.path] = np.zeros_like(values[draw.path]) + np.arange(draw.words, dtype=np.int32) % draw.map.n
        return values


class ReadsRanksForMembers(Faulty):
    """Takes an order the other way around: the step of each member, not the member of each step."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        found = dict(values)
        for draw in pipeline.draws:
            if isinstance(draw.map, Order) and draw.quantity == "index":
                found[draw.path] = np.argsort(np.asarray(values[draw.path]), axis=1).astype(np.int32)
        return found


def _orders(runner: Runner) -> list[Any]:
    return [draw for draw in runner.pipeline.draws if isinstance(draw.map, Order) and draw.quantity == "index"]


MUTANTS = (
    Mutant(
        "M44",
        "distribution",
        "ignores the weights of one_of",
        "The rare branch is not rare.",
        IgnoresWeights,
        ("R7",),
    ),
    Mutant(
        "M44b",
        "distribution",
        "chooses the members of some_of with replacement",
        "Fewer ops than declared.",
        ChoosesWithReplacement,
        ("R7",),
    ),
    Mutant(
        "M44c",
        "distribution",
        "prefers the first member of some_of",
        "Ops are not equally frequent.",
        PrefersFirst,
        ("R7",),
    ),
    Mutant(
        "M44d",
        "distribution",
        "shuffles the order of random_order badly",
        "Some orders are frequent, others rare.",
        ShufflesNaively,
        ("R7",),
    ),
    Mutant(
        "M44e",
        "distribution",
        "runs the members of random_order as they are listed",
        "There is one order.",
        KeepsListedOrder,
        ("R7",),
    ),
    Mutant(
        "M44f",
        "distribution",
        "takes the order of random_order the other way around",
        "The draws say one order, the pixels show another.",
        ReadsRanksForMembers,
        ("N1",),
    ),
)
