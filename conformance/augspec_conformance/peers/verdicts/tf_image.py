"""What was found in tf.image."""

from __future__ import annotations

from augspec_conformance.peers.verdict import Verdict

__all__ = ["NOTE", "VERDICTS"]

NOTE = ""
"""What a reader should know of the whole library."""

VERDICTS: tuple[Verdict, ...] = ()
