"""augspec's host engine behind another framework's arrays: the mode `host`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

__all__ = ["audit", "machines"]


def machines() -> int:
    """Return how many functions the engine has loaded in this process; 0 where nobody imported it."""
    engine = sys.modules.get("augspec_backends.host.engine")
    return 0 if engine is None else int(engine.machines())


def audit(augmenter: Any, key: Any, sample: Any, ids: Sequence[int]) -> list[str]:
    """Count what the engine loads: one function at the first call, and none at the next."""
    counts = [machines()]
    for one, some in (key, list(ids)), (key.fold(1), [i ^ 1 for i in ids]):
        augmenter(one, sample, some)
        counts.append(machines())
    found = [] if counts[1] > counts[0] else ["the first call compiled nothing"]
    return found if counts[2] == counts[1] else [*found, "the second call compiles again"]
