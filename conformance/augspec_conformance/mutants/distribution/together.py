"""Faults of draws together: some depend on each other, some are not looked at."""

# ruff: noqa: FBT001
# The signatures are those of the real backend.

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from augspec.namespace import Namespace
from augspec.plan.program import Draw, Flag, Grid, Table
from augspec_backends.generic.backend import Keys
from augspec_backends.generic.pipeline import Pipeline, Runner
from augspec_conformance.mutants.faulty import Faulty, Restreamed, Values
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


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
