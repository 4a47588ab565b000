"""Faults of distributions that wait for a rare gate, a narrow or a wide range."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from augspec.language.distributions import LogUniform, Uniform
from augspec.language.quantities import QUANTITIES
from augspec.namespace import Array
from augspec.ops.base import Op
from augspec.plan.program import Draw, Flag, Grid
from augspec_backends.generic.pipeline import Pipeline
from augspec_conformance.mutants.alone.fault import Rewrites, alone
from augspec_conformance.mutants.faulty import Faulty, Restreamed, Values

__all__ = ["MUTANTS"]

_ONE = 1 << 24
_WARPS = ("affine", "rotate", "scale", "shear", "translate")


class ShutsRareGates(Faulty):
    """Never warps where p is below 1/32."""

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        def rare(draw: Draw) -> bool:
            warps = draw.path.rpartition("/")[0].rpartition("/")[2].startswith(tuple(f"{op}#" for op in _WARPS))
            named = draw.path.split("/")[1].startswith(tuple(f"gate_{op}" for op in _WARPS))
            return isinstance(draw.map, Flag) and draw.map.threshold < _ONE // 32 and (warps or named)

        return tuple(replace(draw, map=Flag(0)) if rare(draw) else draw for draw in draws)


class FlattensWideRanges(Rewrites):
    """Draws log-uniform ranges of more than one to twenty uniformly."""

    def rewritten(self, ops: tuple[Op, ...]) -> tuple[Op, ...]:
        def flat(op: Op) -> Op:
            wide = {
                name: Uniform(uniform=value.log_uniform)
                for name in type(op).model_fields
                if isinstance(value := getattr(op, name), LogUniform)
                and value.log_uniform[1] > 20 * value.log_uniform[0]
            }
            return op.model_copy(update=wide) if wide else op

        return tuple(flat(op) for op in ops)


class ClosesNarrowRanges(Faulty):
    """Draws the upper end of a range as well if the range has fewer than forty steps."""

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        def closed(draw: Draw) -> Any:
            m = draw.map
            return replace(m, width=m.width + 1) if isinstance(m, Grid) and m.width < 40 else m

        return tuple(replace(draw, map=closed(draw)) for draw in draws)


class TurnsByItsGate(Faulty):
    """Draws an angle to both sides from the very word that decides whether the op is applied."""

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        gates = {draw.path for draw in draws if isinstance(draw.map, Flag) and draw.map.threshold}

        def one(draw: Draw) -> Draw:
            op, _, name = draw.path.rpartition("/")
            both = isinstance(draw.map, Grid) and draw.map.low < 0
            return (
                Restreamed.like(draw, f"{op}/apply") if name == "degrees" and both and f"{op}/apply" in gates else draw
            )

        return tuple(one(draw) for draw in draws)


class NeverCropsWide(Faulty):
    """Takes no window that is more than twice as wide as it is high."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        aspect = QUANTITIES["aspect"]
        most = aspect.quantise(2.0)

        def narrow(path: str, array: Array) -> Array:
            return np.minimum(array, most) if path.endswith("/ratio") else array

        return {path: narrow(path, array) for path, array in values.items()}


class EvensSmallGatesOut(Faulty):
    """Applies an op to exactly its share of a batch of about a thousand, as if the share were a quota."""

    def drawn(self, values: Values) -> Values:
        found = dict(values)
        for path, value in values.items():
            if path.endswith("/apply") and 600 <= value.size <= 4095:
                flags = np.array(value)
                quota = round(round(20 * float(flags.mean())) / 20 * flags.size)
                surplus = int(flags.sum()) - quota
                places = np.flatnonzero(flags == (surplus > 0))[: abs(surplus)]
                flags.reshape(-1)[places] = surplus <= 0
                found[path] = flags
        return found


MUTANTS = (
    alone(
        "M128",
        "never warps where p is below 1/32",
        "Rare rotations never come.",
        ShutsRareGates,
        "R1",
    ),
    alone(
        "M129",
        "draws wide log-uniform ranges uniformly",
        "Factors are nearly always large.",
        FlattensWideRanges,
        "R2",
    ),
    alone(
        "M130",
        "draws the upper end of narrow ranges",
        "A value that the policy excludes is drawn.",
        ClosesNarrowRanges,
        "R4",
    ),
    alone(
        "M131",
        "turns to both sides by the word of the gate",
        "Pictures that turn at all turn to one side only.",
        TurnsByItsGate,
        "R9",
    ),
    alone(
        "M132",
        "never crops wider than two to one",
        "Panoramas are never shown.",
        NeverCropsWide,
        "R11",
    ),
    alone(
        "M133",
        "applies ops to exactly their share of a batch of a thousand",
        "Samples of a batch depend on each other; every single test of a share passes with ease.",
        EvensSmallGatesOut,
        "R16",
        tier="stat",
    ),
)
