"""What rules look at: the ops with their places, and which of them may act on one sample."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from augspec.errors import format_path
from augspec.language.policy import Policy, walk
from augspec.normalize import named
from augspec.ops.base import Combinator, Op
from augspec.ops.one_of import OneOf
from augspec.ops.some_of import SomeOf

__all__ = ["Place", "Subject"]


@dataclass(frozen=True)
class Place:
    """An op where it stands.

    Attributes:
        path: its place in the document.
        op: the op.
        around: the combinators that hold it, outermost first, each with the member's position.
    """

    path: str
    op: Op
    around: tuple[tuple[Combinator, int], ...]

    @property
    def always(self) -> bool:
        """Return whether every sample gets the op."""
        return self.op.p == 1 and all(
            one.p == 1 and not isinstance(one, (OneOf, SomeOf)) and not getattr(one, "chooses", False)
            for one, _ in self.around
        )

    def with_(self, other: Place) -> bool:
        """Return whether one sample may get both ops."""
        for (here, a), (there, b) in zip(self.around, other.around, strict=False):
            if here is not there:
                break
            if a != b:
                alone = isinstance(here, OneOf) or (isinstance(here, SomeOf) and here.n < 2)
                return not alone
        return True


@dataclass(frozen=True)
class Subject:
    """A policy, and what its user says of the data.

    Attributes:
        policy: the policy.
        targets: names of what the samples hold.
        classes: names of the classes.
    """

    policy: Policy
    targets: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()

    @cached_property
    def ops(self) -> tuple[Place, ...]:
        """Return the training ops, combinators included, in order."""
        return tuple(_places(named(self.policy.ops), ("ops",), ()))

    @cached_property
    def leaves(self) -> tuple[Place, ...]:
        """Return the training ops that are no combinators, in order."""
        return tuple(one for one in self.ops if not isinstance(one.op, Combinator))

    @cached_property
    def both(self) -> tuple[Place, ...]:
        """Return the leaves of training and evaluation."""
        ends = [
            Place(format_path(path), op, ())
            for path, op in walk(self.policy.eval or (), ("eval",))
            if not isinstance(op, Combinator)
        ]
        return (*self.leaves, *ends)

    def pairs(self) -> Iterator[tuple[Place, Place]]:
        """Yield two leaves that one sample may get, the earlier one first."""
        for n, first in enumerate(self.leaves):
            for second in self.leaves[n + 1 :]:
                if first.with_(second):
                    yield first, second


def _places(
    ops: tuple[Op, ...],
    path: tuple[str | int, ...],
    around: tuple[tuple[Combinator, int], ...],
    holder: Combinator | None = None,
) -> Iterator[Place]:
    for position, op in enumerate(ops):
        here = (*path, position)
        chain = around if holder is None else (*around, (holder, position))
        yield Place(format_path(here), op, chain)
        if isinstance(op, Combinator):
            yield from _places(op.ops, (*here, "ops"), chain, op)
