"""The report card of other libraries: laws that need no reference of ours, asked of their transforms.

`libraries/` has one file per library, `laws/` the laws, `verdicts/` what was found by hand about every broken one,
`results.json` what the last run saw, and `docs/report_card.md` is made of the last two.
"""

from __future__ import annotations

from augspec_conformance.peers.libraries import COLUMNS, load_peer
from augspec_conformance.peers.peer import Arrays, Peer, Transform

__all__ = ["COLUMNS", "Arrays", "Peer", "Transform", "load_peer"]
