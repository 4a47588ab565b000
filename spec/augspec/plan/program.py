"""What a policy draws: the program that turns a key and sample ids into parameters (R3–R16).

The program is made once per policy on the host. Its streams, thresholds, grids and tables are plain integers,
so that every backend runs the same arithmetic.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from augspec.errors import PolicyError
from augspec.language.beta import beta_quantile
from augspec.language.dirichlet import Dirichlet
from augspec.language.distributions import Choice, Integers, Uniform
from augspec.language.permutation import Permutation
from augspec.language.quantities import QUANTITIES, Quantity
from augspec.mixing import MixOp
from augspec.normalize import named
from augspec.ops.augmix import AugMix
from augspec.ops.base import Combinator, Op
from augspec.ops.one_of import OneOf
from augspec.ops.random_order import RandomOrder
from augspec.ops.some_of import SomeOf
from augspec.plan.place import place
from augspec.plan.stages import partner_path, scoped
from augspec.random.keys import stream

__all__ = [
    "Categorical",
    "Draw",
    "Fixed",
    "Flag",
    "Grid",
    "Listed",
    "Members",
    "NoiseKey",
    "Order",
    "Partner",
    "Simplex",
    "Table",
    "Whole",
    "noise_path",
    "program",
]

Table32 = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Flag:
    """Bernoulli by a 24-bit threshold (R10)."""

    threshold: int


@dataclass(frozen=True)
class Grid:
    """Uniform on low … low + width − 1, times 2^shift (R13)."""

    low: int
    width: int
    shift: int


@dataclass(frozen=True, eq=False)
class Table:
    """A quantile table, interpolated, times 2^shift (R14)."""

    values: Table32
    shift: int


@dataclass(frozen=True)
class Categorical:
    """One of `values` by cumulative 24-bit thresholds (R11)."""

    thresholds: tuple[int, ...]
    values: tuple[int, ...]


@dataclass(frozen=True)
class Whole:
    """low + an integer below n (R11), times `step`."""

    low: int
    n: int
    step: int = 1


@dataclass(frozen=True)
class Listed:
    """One of `values`, all equally likely: an integer below their number (R11), looked up."""

    values: tuple[int, ...]


@dataclass(frozen=True)
class Members:
    """Flags of the k members with the lowest ranks among n (R12)."""

    k: int
    n: int


@dataclass(frozen=True)
class Order:
    """The ranks of n words (R12)."""

    n: int


@dataclass(frozen=True, eq=False)
class Simplex:
    """Weights that sum to 2¹⁵: each but the last takes a share of the rest, by a quantile table in 2⁻¹⁵ (R14)."""

    tables: tuple[Table32, ...]


@dataclass(frozen=True)
class Partner:
    """Who follows in the batch, when it is put in the order of two words of each sample (R12)."""


@dataclass(frozen=True)
class NoiseKey:
    """No value: the key from which pixels draw (R16)."""


Map = Flag | Grid | Table | Categorical | Whole | Listed | Members | Order | Simplex | Partner | NoiseKey


@dataclass(frozen=True)
class Fixed:
    """A constant parameter, quantised (E3); it draws nothing."""

    path: str
    quantity: str
    value: int
    entries: int | None


@dataclass(frozen=True)
class Draw:
    """One drawn parameter.

    Attributes:
        path: its place, e.g. `sample/rotate#0/degrees`.
        quantity: name of its unit.
        map: from words to integers.
        entries: how many values per sample; None for one scalar.
        words: how many words each sample uses, d = 0 … words − 1.
        source: the distribution in the document, or a probability.
        leader: path of the partners of a batch whose first sample draws for all of it; None where each draws.
    """

    path: str
    quantity: str
    map: Map
    entries: int | None
    words: int
    source: Any
    leader: str | None = None

    @property
    def stream(self) -> tuple[int, int]:
        """Return the stream words (R3)."""
        return stream(self.path)


def noise_path(path: str, step: int | None) -> str:
    """Return the path of an op's noise key; later steps of a choice with replacement have their own."""
    return f"{path}/noise#{step}" if step else f"{path}/noise"


def program(
    ops: tuple[Op, ...], name: str = "ops", *, written: tuple[Op, ...] | None = None
) -> tuple[tuple[Draw, ...], tuple[Fixed, ...]]:
    """Return what a normalized pipeline draws, and its constants, in document order.

    Args:
        ops: the pipeline.
        name: its field in the document, for messages.
        written: the pipeline as it stands there, with its macros, for messages; `ops` by default.

    Raises:
        PolicyError: a distribution that no grid or table holds (R13, R14).
    """
    draws: list[Draw] = []
    fixed: list[Fixed] = []
    document = named(ops if written is None else written)
    for entry in _walk(ops, "sample", None, lambda path: place(path, document, name, field=True)):
        (draws if isinstance(entry, Draw) else fixed).append(entry)  # type: ignore[arg-type]
    return tuple(draws), tuple(fixed)


def _walk(ops: tuple[Op, ...], path: str, steps: int | None, where: Callable[[str], str]) -> Iterator[Draw | Fixed]:
    for op in ops:
        here = f"{path}/{op.id}"
        if op.p < 1:
            yield Draw(f"{here}/apply", "flag", Flag(math.floor(op.p * 2**24 + 0.5)), steps, steps or 1, op.p)
        yield from _choosing(op, here, steps)
        if isinstance(op, MixOp):
            yield from _mixing(op, here, where)
            continue
        for name, mark, value, count in op.draws():
            entries = None if steps is None and count == 1 else (steps or 1) * count
            quantity = mark.quantity
            if isinstance(value, (int, float)):
                yield Fixed(f"{here}/{name}", quantity.name, quantity.quantise(value), entries)
            else:
                made = _map(value, quantity, where(f"{here}/{name}"))
                words = len(made.tables) if isinstance(made, Simplex) else entries or 1
                yield Draw(f"{here}/{name}", quantity.name, made, entries, words, value)
        if isinstance(op, Combinator):
            # No step at all draws what one step would, and uses none of it.
            yield from _walk(op.ops, here, max(op.turns(), 1) if op.anew else steps, where)
        elif op.noisy():
            for step in range(steps or 1):
                yield Draw(noise_path(here, step), "words", NoiseKey(), 3, 0, None)


def _choosing(op: Op, here: str, steps: int | None) -> Iterator[Draw]:
    """Yield what a combinator draws to choose among its members."""
    if isinstance(op, OneOf):
        weights = op.weights or (1.0,) * len(op.ops)
        yield Draw(f"{here}/branch", "index", _categorical(weights), steps, steps or 1, weights)
    elif isinstance(op, AugMix) or (isinstance(op, SomeOf) and op.replace):
        if op.turns():
            weights = (1.0,) * len(op.ops)
            yield Draw(f"{here}/branch", "index", _categorical(weights), op.turns(), op.turns(), weights)
    elif isinstance(op, SomeOf):
        count = len(op.ops) * (steps or 1)
        yield Draw(f"{here}/member", "flag", Members(op.n, len(op.ops)), count, count, op.n)
    elif isinstance(op, RandomOrder):
        count = len(op.ops) * (steps or 1)
        yield Draw(f"{here}/order", "index", Order(len(op.ops)), count, count, None)


def _mixing(op: MixOp, here: str, where: Callable[[str], str]) -> Iterator[Draw | Fixed]:
    """Yield the partners, and what is drawn of them once per sample or once per batch (R7)."""
    partner = partner_path(here)
    yield Draw(partner, "partner", Partner(), None, 2, None)
    own = scoped(op, here)
    for name, mark, value, _ in op.draws():
        if isinstance(value, (int, float)):
            yield Fixed(f"{own}/{name}", mark.quantity.name, mark.quantity.quantise(value), None)
            continue
        made = _map(value, mark.quantity, where(f"{here}/{name}"))
        yield Draw(f"{own}/{name}", mark.quantity.name, made, None, 1, value, None if own == here else partner)


def _categorical(weights: tuple[float, ...], values: tuple[int, ...] = ()) -> Categorical:
    total = math.fsum(weights)
    sums = [math.fsum(weights[: i + 1]) / total for i in range(len(weights) - 1)]
    return Categorical(tuple(math.floor(share * 2**24 + 0.5) for share in sums), values or tuple(range(len(weights))))


def _map(value: Any, quantity: Quantity, where: str) -> Map:
    if isinstance(value, Permutation):
        return Order(value.n)
    if isinstance(value, Dirichlet):
        return Simplex(tuple(_cached_shares(a, b, quantity.unit) for a, b in value.shares()))
    if isinstance(value, Choice):
        values, share = value.atoms()
        return _categorical(tuple(share.tolist()), tuple(quantity.quantise(float(v)) for v in values))
    if isinstance(value, Integers):
        low, high = value.integers
        if quantity.linear and quantity.mapped(1.0) == 1.0:
            return Whole(low * quantity.unit, high - low + 1, quantity.unit)
        return Listed(tuple(quantity.quantise(float(number)) for number in range(low, high + 1)))
    if isinstance(value, Uniform) and quantity.linear:
        return _grid(*value.uniform, quantity, where)
    return _table(value, quantity, where)


def _grid(low: float, high: float, quantity: Quantity, where: str) -> Grid:
    """R13, capped at the quantity's own grid: the largest e with W < 2¹⁹ and |L|, |L + W| < 2²⁴."""
    for shift in range(25):
        unit = quantity.unit / 2**shift
        first = math.floor(quantity.mapped(low) * unit + 0.5)
        last = math.floor(quantity.mapped(high) * unit + 0.5)
        if last - first < 2**19 and max(abs(first), abs(last)) < 2**24:
            return Grid(first, last - first, shift)
    raise PolicyError.single(where, f"[{low}, {high}]", f"a narrower range of the {quantity.name}")


def _table(value: Any, quantity: Quantity, where: str) -> Table:
    try:
        return _cached_table(value, quantity.name)
    except ValueError:
        raise PolicyError.single(where, value, "a distribution without such long tails (move the bounds)") from None


@cache
def _cached_table(value: Any, name: str) -> Table:
    quantity = QUANTITIES[name]
    quantiles = value.quantile(np.arange(4097) / 4096)
    mapped = np.array([quantity.mapped(float(v)) for v in quantiles])
    for shift in range(12):
        ints = np.floor(mapped * (quantity.unit / 2**shift) + 0.5)
        if np.diff(ints).max() < 2**19 and np.abs(ints).max() < 2**24:
            values = ints.astype(np.int32)
            values.setflags(write=False)
            return Table(values, shift)
    raise ValueError


@cache
def _cached_shares(a: float, b: float, unit: int) -> Table32:
    """Return the quantile table of Beta(a, b), (4097,), in steps of 1 / unit."""
    values = np.floor(beta_quantile(np.arange(4097) / 4096, a, b) * unit + 0.5).astype(np.int32)
    values.setflags(write=False)
    return values
