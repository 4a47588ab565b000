"""lint: what people regret about a policy that is valid, each with the reason and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from augspec.language.policy import Policy
    from augspec.lint.finding import Finding

__all__ = ["lint"]


def lint(
    policy: Policy,
    *,
    targets: Iterable[str] = (),
    classes: Iterable[str] = (),
    ignore: Iterable[str] = (),
) -> tuple[Finding, ...]:
    """Return warnings, by their ids; empty if there are none.

    What an op does to pixels and points is measured on small images, so that new ops are judged like the others.

    Args:
        policy: a valid policy.
        targets: names of what the samples hold besides the image, e.g. "keypoints".
        classes: names of the classes, of which some may lose their meaning in a mirror.
        ignore: ids that are not asked.

    Raises:
        TypeError: it is no policy.
        ValueError: an id in `ignore` that no rule has.
    """
    from augspec.language.policy import Policy
    from augspec.lint.rules import RULES
    from augspec.lint.subject import Subject

    if not isinstance(policy, Policy):
        raise TypeError(f"lint() takes a Policy (from augspec.load, loads or parse), got {type(policy).__name__}")
    waived = set(ignore)
    unknown = sorted(waived - {one.id for one in RULES})
    if unknown:
        raise ValueError(f"no rule {', '.join(unknown)}; the rules are {', '.join(one.id for one in RULES)}")
    subject = Subject(policy, tuple(targets), tuple(classes))
    return tuple(found for one in RULES if one.id not in waived for found in one.findings(subject))
