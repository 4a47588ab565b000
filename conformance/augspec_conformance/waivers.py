"""Waivers: failures that are known, each with its reason, its witness and its end; none of them counts as passed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from augspec_conformance.law import Case, Law
    from augspec_conformance.subject import Subject

__all__ = ["Waiver"]


@dataclass(frozen=True)
class Waiver:
    """One known failure.

    Attributes:
        law: the law that is broken.
        reason: why, for people.
        until: when it must be gone, such as "tensorflow>=2.23".
        witness: the case, as JSON, that shows it.
        kind: "unsupported", "todo", "upstream" or "never".
        backend: name of the backend; empty for any.
        mode: its mode; empty for any.
        case: name of the case; empty for any.
        raises: a text that the failure's message must contain: another failure is not waived.
    """

    law: str
    reason: str
    until: str
    witness: str
    kind: Literal["unsupported", "todo", "upstream", "never"]
    backend: str = ""
    mode: str = ""
    case: str = ""
    raises: str = ""

    def matches(self, law: Law, case: Case, subject: Subject, message: str) -> bool:
        """Return whether this failure is the waived one."""
        pairs = ((self.backend, subject.name), (self.mode, subject.mode), (self.case, case.name))
        return law.id == self.law and all(not want or want == is_ for want, is_ in pairs) and self.raises in message
