"""What was found in tf.image."""

from __future__ import annotations

from augspec_conformance.peers.verdict import Verdict

__all__ = ["VERDICTS"]

VERDICTS: tuple[Verdict, ...] = ()
