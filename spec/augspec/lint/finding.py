"""What `lint` finds, and the rules that find it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from augspec.lint.subject import Subject

__all__ = ["Finding", "Note", "Rule"]

Note = tuple[str, str]
"""(place in the document, what stands there)."""


@dataclass(frozen=True)
class Finding:
    """One warning.

    Attributes:
        id: the rule's, such as W101.
        path: the place in the document.
        what: what stands there.
        why: why people regret it.
        fix: what to do.
    """

    id: str
    path: str
    what: str
    why: str
    fix: str

    def __str__(self) -> str:
        return f"{self.id} {self.path}: {self.what}. {self.why} {self.fix}"


@dataclass(frozen=True)
class Rule:
    """One subject of regret.

    Attributes:
        id: never used for anything else.
        why: the reason, a sentence.
        fix: the advice, a sentence.
        look: returns the places.
    """

    id: str
    why: str
    fix: str
    look: Callable[[Subject], Iterator[Note]]

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """Yield what the rule finds."""
        for path, what in self.look(subject):
            yield Finding(self.id, path, what, self.why, self.fix)
