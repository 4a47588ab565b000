"""Names of a sample's entries that a policy gives: they may not mean anything else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from augspec.errors import PolicyProblem, format_path
from augspec.formats import RESERVED

if TYPE_CHECKING:
    from augspec.language.policy import Policy

__all__ = ["check_entries"]


def check_entries(policy: Policy) -> Iterator[PolicyProblem]:
    """Yield the names of masks that are those of other entries."""
    for name in policy.targets.masks:
        if name in RESERVED:
            fix = "Its settings are targets.mask." if name == "mask" else ""
            yield PolicyProblem(
                format_path(("targets", "masks", name)),
                f"the name {name!r}",
                f"other names than {', '.join(RESERVED)}",
                fix,
            )
