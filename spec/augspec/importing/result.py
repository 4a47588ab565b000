"""What an importer returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from augspec.language.policy import Policy

__all__ = ["Imported", "Row", "Status"]

Status = Literal["exact", "approximate", "unsupported"]


@dataclass(frozen=True)
class Row:
    """What became of one transform.

    Attributes:
        path: its place in what was imported, e.g. `transforms[2]`.
        transform: its class.
        status: "exact": the same formula and the same distribution, up to rounding; "approximate": `reason` says what
            differs; "unsupported": it is left out.
        ops: the ops that stand for it; empty where there is nothing to do.
        reason: why it is not exact, or why there is nothing to do.
    """

    path: str
    transform: str
    status: Status
    ops: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Imported:
    """A policy and where it comes from.

    Attributes:
        policy: what could be imported.
        rows: one per transform, containers before their members.
        notes: what was added, because a policy must declare it.
    """

    policy: Policy
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    @property
    def exact(self) -> bool:
        """Return whether every transform is."""
        return all(row.status == "exact" for row in self.rows)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"policy": self.policy.to_dict(), "rows": [vars(row) for row in self.rows], "notes": list(self.notes)}
