"""Laws for other libraries: the suite's own ids and sentences, asked of one transform at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from augspec_conformance.peers.peer import Peer, Transform

__all__ = ["NothingTested", "PeerLaw", "claimed", "everyone"]


class NothingTested(Exception):
    """The samples came to nothing that the law could look at; the text says why."""


def everyone(peer: Peer, transform: Transform) -> str:
    """Ask every transform."""
    del peer, transform
    return ""


def claimed(*words: str) -> Callable[[Peer, Transform], str]:
    """Ask transforms that have all of these words among their claims."""

    def needs(peer: Peer, transform: Transform) -> str:
        del peer
        absent = [word for word in words if word not in transform.claims]
        return f"it does not claim {', '.join(absent)}" if absent else ""

    return needs


@dataclass(frozen=True)
class PeerLaw:
    """One rule that needs no equality with a reference of ours.

    Attributes:
        id: the id of the suite's law of the same content.
        title: a few words.
        sentence: what must hold, in one sentence.
        check: raises `LawViolation` if it does not.
        needs: why a transform is not asked; empty if it is.
    """

    id: str
    title: str
    sentence: str
    check: Callable[[Peer, Transform], None] = field(repr=False)
    needs: Callable[[Peer, Transform], str] = field(default=everyone, repr=False)
