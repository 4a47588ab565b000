"""Faults of distributions: what is drawn is not what was declared."""

# ruff: noqa: FBT001
# The signatures are those of the real backend.

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from statistics import NormalDist
from typing import Any

import numpy as np

from augspec.draw import sample_draws
from augspec.language.distributions import Integers
from augspec.language.policy import Policy
from augspec.namespace import Array, Namespace
from augspec.ops.base import Op
from augspec.plan.program import Categorical, Draw, Flag, Grid, Members, Order, Table, Whole
from augspec.random.keys import KeyWords
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.backend import Keys
from augspec_backends.generic.pipeline import Pipeline, Runner
from augspec_conformance.mutants.faulty import Faulty, Restreamed, Run, Values, image_of, with_entry
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]

_ONE = 1 << 24


def _remap(draws: tuple[Draw, ...], change: Callable[[Draw], Any]) -> tuple[Draw, ...]:
    return tuple(replace(draw, map=change(draw)) for draw in draws)


class AppliesMoreOften(Faulty):
    """Applies ops with p + 0.05."""

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        def change(draw: Draw) -> Any:
            return Flag(draw.map.threshold + _ONE // 20) if isinstance(draw.map, Flag) else draw.map

        return _remap(draws, change)


class AppliesNever(Faulty):
    """Applies ops with p = 0 now and then."""

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        def change(draw: Draw) -> Any:
            return Flag(_ONE // 256) if isinstance(draw.map, Flag) and draw.map.threshold == 0 else draw.map

        return _remap(draws, change)


class AppliesNearlyAlways(Faulty):
    """Applies ops with p = 1 with 0.999."""

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        def change(op: Op) -> Op:
            changes: dict[str, Any] = {"p": 0.999} if op.p == 1 and op.stage not in ("resample", "type") else {}
            return op.model_copy(update=changes)

        return super().compile(policy.model_copy(update={"ops": tuple(change(op) for op in policy.ops)}), **options)


class LeavesSomeOut(Faulty):
    """Leaves one sample in a thousand as it was, whatever was drawn."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        out, image = run(key, sample, index), image_of(sample)
        if index is None or not isinstance(image, np.ndarray) or image.shape != image_of(out).shape or image.ndim != 4:
            return out
        skipped = (np.asarray(index, np.int64) % 1009 == 1008).reshape(-1, 1, 1, 1)
        return with_entry(out, "image", np.where(skipped, image, image_of(out)))


class InvertsGates(Faulty):
    """Applies ops with 1 − p."""

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        def change(draw: Draw) -> Any:
            return Flag(_ONE - draw.map.threshold) if isinstance(draw.map, Flag) else draw.map

        return _remap(draws, change)


class ExcludesTop(Faulty):
    """Draws integers as half-open ranges."""

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        def change(draw: Draw) -> Any:
            m = draw.map
            return replace(m, n=max(m.n - 1, 1)) if isinstance(m, Whole) else m

        return _remap(draws, change)


class ExcludesTopOfWideRanges(Faulty):
    """Draws integers of ranges of more than a hundred as half-open ones."""

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        def change(draw: Draw) -> Any:
            m: Any = draw.map
            values: tuple[Any, ...] = getattr(m, "values", ())
            if len(values) > 100 and isinstance(draw.source, Integers):
                return replace(m, values=(*values[:-1], values[-2]))
            return replace(m, n=m.n - 1) if isinstance(m, Whole) and m.n > 100 else m

        return _remap(draws, change)


class EightValues(Faulty):
    """Draws continuous parameters as one of eight values."""

    def drawn(self, values: Values) -> Values:
        def coarse(path: str, array: Array) -> Array:
            if array.dtype != np.int32 or array.ndim != 1 or array.size < 64 or path.endswith(("/apply", "/branch")):
                return array
            low, high = int(array.min()), int(array.max())
            width = max((high - low) // 8 + 1, 1)
            return ((array - low) // width * width + low + width // 2).astype(np.int32)

        return {path: coarse(path, array) for path, array in values.items()}


class ClosesRanges(Faulty):
    """Draws from closed ranges where half-open ones were declared."""

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        def change(draw: Draw) -> Any:
            m = draw.map
            return replace(m, width=m.width + 1) if isinstance(m, Grid) and draw.quantity != "position" else m

        return _remap(draws, change)


class HalvesEnds(Faulty):
    """Draws integers as round(lo + u·(hi − lo)): both ends at half weight."""

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        def change(draw: Draw) -> Any:
            m = draw.map
            if not isinstance(m, Whole) or m.n == 1:
                return m
            cuts = tuple(round((i + 0.5) / (m.n - 1) * _ONE) for i in range(m.n - 1))
            return Categorical(cuts, tuple(m.low + i * m.step for i in range(m.n)))

        return _remap(draws, change)


class NormalForUniform(Faulty):
    """Draws a normal clipped to the range where uniform was declared."""

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        normal = NormalDist()
        z = np.array([normal.inv_cdf(min(max(i, 1), 4095) / 4096) for i in range(4097)])

        def change(draw: Draw) -> Any:
            m = draw.map
            if not isinstance(m, Grid) or m.width == 0 or draw.quantity == "position":
                return m
            steps = m.low + m.width / 2 + np.clip(z / 2, -1, 1) * (m.width / 2)
            return Table(steps.astype(np.int32), m.shift)

        return _remap(draws, change)


class WidensRanges(Faulty):
    """Draws from ranges ten per cent too wide."""

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        def change(draw: Draw) -> Any:
            m = draw.map
            if not isinstance(m, Grid) or draw.quantity == "position":
                return m
            extra = m.width // 20
            return Grid(m.low - extra if m.low - extra > 0 or m.low < 0 else m.low, m.width + 2 * extra, m.shift)

        return _remap(draws, change)


class LogForUniform(Faulty):
    """Draws log-uniform where uniform was declared."""

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        def change(draw: Draw) -> Any:
            m = draw.map
            if not isinstance(m, Grid) or m.width == 0 or m.low <= 0:
                return m
            return Table(np.geomspace(m.low, m.low + m.width, 4097).astype(np.int32), m.shift)

        return _remap(draws, change)


class IgnoresWeights(Faulty):
    """Chooses the members of `one_of` evenly."""

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        def change(draw: Draw) -> Any:
            m = draw.map
            if not isinstance(m, Categorical) or draw.quantity != "index":
                return m
            count = len(m.thresholds) + 1
            return Categorical(tuple(_ONE * i // count for i in range(1, count)), m.values)

        return _remap(draws, change)


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


class GateDecidesMagnitude(Faulty):
    """Draws magnitudes from the bits of the gate: applied ops have small values only."""

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        gates = {draw.path for draw in draws if isinstance(draw.map, Flag)}

        def of(draw: Draw) -> str:
            gate = draw.path.rsplit("/", 1)[0] + "/apply"
            return gate if gate in gates and isinstance(draw.map, (Grid, Table)) else draw.path

        return tuple(Restreamed.like(draw, of(draw)) for draw in draws)


class LeansOnNeighbour(Faulty):
    """Draws y of a translation with a correlation of 0.1 to its x."""

    def drawn(self, values: Values) -> Values:
        new, normal = dict(values), NormalDist()
        for path, y in values.items():
            x = values.get(f"{path[:-1]}x")
            if not path.endswith("translate#0/y") or x is None or y.size < 64:
                continue
            low, width = -0.2 * 2**24, 0.5 * 2**24
            z = [
                np.array([normal.inv_cdf(min(max((int(v) - low) / width, 1e-9), 1 - 1e-9)) for v in a]) for a in (x, y)
            ]
            lean = 0.1 * z[0] + np.sqrt(0.99) * z[1]
            new[path] = np.array([low + width * normal.cdf(v) for v in lean]).astype(np.int32)
        return new


class FollowsNeighbour(Faulty):
    """Gives odd ids the rotation of the even id before, one time in eight."""

    def draw(self, runner: Runner, keys: Keys, on_host: bool, xp: Namespace) -> Values:
        values = super().draw(runner, keys, on_host, xp)
        words, low, high = keys
        if len(low) < 64:
            return values
        before = super().draw(runner, (words, low & -2, None if high is None else high), on_host, xp)
        copied = (low % 16) == 1
        return {
            path: array if array.ndim > 1 else np.where(copied, before[path], array) for path, array in values.items()
        }


class FirstCandidateOnly(Faulty):
    """Tries one candidate of a random crop instead of ten."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        return {
            path: array * 0 + array[:, :1] if path.endswith(("/area", "/ratio")) and array.ndim == 2 else array
            for path, array in values.items()
        }


MUTANTS = (
    Mutant(
        "M39",
        "distribution",
        "applies ops with p + 0.05",
        "The declared strength is not the strength.",
        AppliesMoreOften,
        ("R1",),
    ),
    Mutant(
        "M39b",
        "distribution",
        "applies ops with p = 0 now and then",
        "What was switched off is not off.",
        AppliesNever,
        ("N9",),
    ),
    Mutant(
        "M39c",
        "distribution",
        "applies ops with p = 1 with 0.999",
        "What was switched on is off now and then.",
        AppliesNearlyAlways,
        ("N9",),
    ),
    Mutant(
        "M39d",
        "distribution",
        "leaves one sample in a thousand as it was",
        "What was switched on is off now and then, and no draw says so.",
        LeavesSomeOut,
        ("N9",),
    ),
    Mutant(
        "M40",
        "distribution",
        "applies ops with 1 − p",
        "Rare ops are frequent.",
        InvertsGates,
        ("R1",),
    ),
    Mutant(
        "M41",
        "distribution",
        "never draws the largest integer",
        "One end of the range is missing.",
        ExcludesTop,
        ("R3",),
    ),
    Mutant(
        "M41b",
        "distribution",
        "never draws the largest integer of wide ranges",
        "One end of the range is missing.",
        ExcludesTopOfWideRanges,
        ("R3",),
    ),
    Mutant(
        "M41c",
        "distribution",
        "draws continuous parameters as one of eight values",
        "Eight angles for all images.",
        EightValues,
        ("R2",),
    ),
    Mutant(
        "M41d",
        "distribution",
        "draws from closed ranges",
        "The upper end, which was excluded, occurs.",
        ClosesRanges,
        ("R4",),
    ),
    Mutant(
        "M42",
        "distribution",
        "draws both ends of integer ranges at half weight",
        "The ends are rare.",
        HalvesEnds,
        ("R3",),
    ),
    Mutant(
        "M43",
        "distribution",
        "draws a clipped normal where uniform was declared",
        "Strong augmentation is rare.",
        NormalForUniform,
        ("R2",),
    ),
    Mutant(
        "M43b",
        "distribution",
        "draws from ranges ten per cent too wide",
        "Values outside the declared range.",
        WidensRanges,
        ("R2", "R4"),
    ),
    Mutant(
        "M43c",
        "distribution",
        "draws log-uniform where uniform was declared",
        "Small values are frequent.",
        LogForUniform,
        ("R2",),
    ),
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
    Mutant(
        "M45",
        "distribution",
        "draws gate and magnitude from the same bits",
        "Whatever is applied is applied weakly.",
        GateDecidesMagnitude,
        ("R9", "R5"),
    ),
    Mutant(
        "M45b",
        "distribution",
        "draws y of a translation with a correlation of 0.1 to x",
        "Pictures move along the diagonal a little more often.",
        LeansOnNeighbour,
        ("R5",),
    ),
    Mutant(
        "M45c",
        "distribution",
        "gives one odd id in eight the draws of the even one before it",
        "Neighbours in the data set look alike.",
        FollowsNeighbour,
        ("R5",),
    ),
    Mutant(
        "M45d",
        "distribution",
        "tries one candidate of a random crop instead of ten",
        "Central crops are frequent.",
        FirstCandidateOnly,
        ("R11",),
    ),
)
