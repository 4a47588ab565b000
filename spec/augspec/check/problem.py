"""What `check` finds."""

from __future__ import annotations

from dataclasses import dataclass

from augspec.errors import PolicyProblem

__all__ = ["Problem"]


@dataclass(frozen=True)
class Problem:
    """One mismatch.

    Attributes:
        path: where: a place in the document, such as `ops[2].size`, or what was declared, such as `shape`.
        value: what stands there.
        allowed: what may stand there.
        fix: what to do; empty where that is plain.
    """

    path: str
    value: str
    allowed: str
    fix: str = ""

    def __str__(self) -> str:
        tail = f" {self.fix}" if self.fix else ""
        return f"{self.path or 'policy'}: got {self.value}; allowed: {self.allowed}.{tail}"

    @classmethod
    def of(cls, problem: PolicyProblem) -> Problem:
        """Return a document's problem as one of these."""
        return cls(problem.path, problem.value, problem.allowed, problem.suggestion)
