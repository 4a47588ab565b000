"""What rules look at: the ops with their places, and which of them may act on one sample."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from augspec.errors import format_path
from augspec.language.policy import Policy
from augspec.normalize import expanded
from augspec.ops.augmix import AugMix
from augspec.ops.base import Combinator, Op
from augspec.ops.one_of import OneOf
from augspec.ops.some_of import SomeOf

__all__ = ["Place", "Subject"]


@dataclass(frozen=True)
class Place:
    """An op where it stands.

    Attributes:
        path: its place in the document; of what a macro stands for, that of the macro.
        key: its place where macros are replaced by what they stand for.
        op: the op.
        around: the combinators that hold it, outermost first, each with the member's position.
    """

    path: str
    key: str
    op: Op
    around: tuple[tuple[Combinator, int], ...]

    @property
    def always(self) -> bool:
        """Return whether every sample gets the op."""
        return self.op.p == 1 and all(one.p == 1 and not one.chooses for one, _ in self.around)

    def with_(self, other: Place) -> bool:
        """Return whether one sample may get both ops."""
        for (here, a), (there, b) in zip(self.around, other.around, strict=False):
            if here is not there:
                break
            if a != b:
                if isinstance(here, AugMix):
                    return here.steps > 1  # in one chain
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
        return tuple(_places(expanded(self.policy.ops), self.policy.ops, ("ops",), ()))

    @cached_property
    def written(self) -> tuple[Place, ...]:
        """Return the training ops that the document itself holds, combinators included, in order."""
        return tuple(one for one in self.ops if one.path == one.key)

    @cached_property
    def leaves(self) -> tuple[Place, ...]:
        """Return the training ops that are no combinators, in order."""
        return tuple(one for one in self.ops if not isinstance(one.op, Combinator))

    @cached_property
    def both(self) -> tuple[Place, ...]:
        """Return the leaves of training and evaluation."""
        end = self.policy.eval or ()
        ends = _places(expanded(end), end, ("eval",), ())
        return (*self.leaves, *(replace(one, around=()) for one in ends if not isinstance(one.op, Combinator)))

    def pairs(self) -> Iterator[tuple[Place, Place]]:
        """Yield two leaves that one sample may get, the earlier first; not two of one macro: they belong together."""
        for n, first in enumerate(self.leaves):
            for second in self.leaves[n + 1 :]:
                if first.path != second.path and first.with_(second):
                    yield first, second


def _places(
    ops: tuple[Op, ...],
    written: tuple[Op, ...],
    path: tuple[str | int, ...],
    around: tuple[tuple[Combinator, int], ...],
    holder: Combinator | None = None,
    macro: str | None = None,
) -> Iterator[Place]:
    """Yield the places of ops; `written` are the same with their macros, or nothing inside of one."""
    for position, op in enumerate(ops):
        here = (*path, position)
        key = format_path(here)
        chain = around if holder is None else (*around, (holder, position))
        shown = key if macro is None else macro
        yield Place(shown, key, op, chain)
        if isinstance(op, Combinator):
            source = written[position] if macro is None else None
            inside, inner = (source.ops, None) if isinstance(source, Combinator) else ((), shown)
            yield from _places(op.ops, inside, (*here, "ops"), chain, op, inner)
