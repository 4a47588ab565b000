"""What a mutant is: a backend with one known fault, and the laws that must find it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from augspec_conformance.law import Tier

__all__ = ["Mutant"]


@dataclass(frozen=True)
class Mutant:
    """A faulty backend and what is expected of the suite.

    Attributes:
        id: `M` and two digits; a letter tells faults of one kind apart.
        family: the kind of promise that it breaks; also the module's name.
        title: the fault in a few words.
        wrong: what a user would suffer.
        make: returns a new backend object. If that has a `language`, a map from names of `augspec` to functions, laws
            see these in their place: a fault of the language that comes with a backend.
        killers: ids of laws; at least one of them must report its own violation.
        base: the backend on which the fault sits.
        tier: the tier by which it must be found.
        modes: the modes in which it shows; None for all.
        needs: further packages without which it does not show.
    """

    id: str
    family: str
    title: str
    wrong: str
    make: Callable[[], Any]
    killers: tuple[str, ...]
    base: str = "numpy"
    tier: Tier = "smoke"
    modes: tuple[str, ...] | None = None
    needs: tuple[str, ...] = ()

    def missing(self) -> str | None:
        """Return why it cannot run here, or None if it can."""
        for package in (self.base, *self.needs):
            if find_spec(package) is None:
                return f"{package} is not installed"
        return None
