"""What `diff` returns."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

__all__ = ["Change", "Difference", "StreamChange"]


@dataclass(frozen=True)
class Change:
    """One difference of meaning.

    Attributes:
        kind: "added" and "removed" for ops, "moved" for ops in another order, "changed" for fields.
        path: the place in the document: in the first one, or in the second for what was added.
        old: the value before; None for what was added.
        new: the value after; None for what was removed.
    """

    kind: Literal["added", "removed", "moved", "changed"]
    path: str
    old: Any = None
    new: Any = None


@dataclass(frozen=True)
class StreamChange:
    """One drawn parameter that is not the same.

    Attributes:
        kind: "added" or "removed"; "changed" if the words of the stream are equal and mean something else.
        path: the stream, e.g. `sample/rotate#0/degrees`.
    """

    kind: Literal["added", "removed", "changed"]
    path: str


@dataclass(frozen=True)
class Difference:
    """What two policies mean differently.

    Attributes:
        hashes: canonical hashes of the first and the second.
        changes: of ops, fields and targets, in order.
        streams: of the training pipeline's draws.
    """

    hashes: tuple[str, str]
    changes: tuple[Change, ...]
    streams: tuple[StreamChange, ...]

    @property
    def equal(self) -> bool:
        """Return whether both give equal samples."""
        return self.hashes[0] == self.hashes[1]

    @property
    def equal_draws(self) -> bool:
        """Return whether both draw the same numbers for every key and sample."""
        return not self.streams

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"equal": self.equal, "equal_draws": self.equal_draws, **asdict(self)}
