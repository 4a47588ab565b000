"""Keypoints that have a side: a mirror makes a left eye of a right one, so their rows must exchange places (T4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from augspec.errors import PolicyProblem, format_path

if TYPE_CHECKING:
    from augspec.language.policy import KeypointsTarget, Policy

__all__ = ["check_sides", "counterpart"]

_OTHER = {"left": "right", "right": "left", "l": "r", "r": "l"}

_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^A-Za-z]+")
"""The words of a name: `left_eye`, `leftEye`, `LEye`, `eye.L`; digits and signs stand for themselves."""


def counterpart(name: str) -> str | None:
    """Return the name of the same point on the other side, in the same spelling; None for a name without side.

    Example:
        >>> counterpart("leftEye"), counterpart("eye_R"), counterpart("nose")
        ('rightEye', 'eye_L', None)
    """
    words = _words(name)
    if not any(word.lower() in _OTHER for word in words):
        return None
    return "".join(_like(_OTHER[word.lower()], word) if word.lower() in _OTHER else word for word in words)


def check_sides(policy: Policy) -> Iterator[PolicyProblem]:
    """Yield what is wrong with names and pairs of keypoints, beside what mirrors them."""
    keypoints = policy.targets.keypoints
    names = keypoints.names
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        yield PolicyProblem("targets.keypoints.names", f"{twice[0]!r} twice", "names of rows, each once")
        return
    beyond = [row for pair in keypoints.swap_pairs for row in pair if names and row >= len(names)]
    if beyond:
        yield PolicyProblem(
            "targets.keypoints.swap_pairs", f"the row {beyond[0]}", f"rows from 0 to {len(names) - 1}, which have names"
        )
        return
    mirror = _mirror(policy)
    if mirror is None or keypoints.unswapped:
        return
    wrong = _unpaired(keypoints)
    if wrong:
        yield PolicyProblem(
            "targets.keypoints.swap_pairs",
            f"no pair for {wrong[0]}" + (f" and {len(wrong) - 1} more" if len(wrong) > 1 else ""),
            f"a pair of rows for every left and right in `names`, because {mirror} mirrors",
            _fix(names),
        )


def _words(name: str) -> list[str]:
    return _WORDS.findall(name)


def _like(word: str, model: str) -> str:
    """Return a word in the case of another."""
    if model.isupper():
        return word.upper()
    return word.capitalize() if model[0].isupper() else word


def _mirror(policy: Policy) -> str | None:
    """Return the first op that may mirror a sample, such as `ops[0] (horizontal_flip)`."""
    from augspec.language.policy import walk

    for path, op in (*walk(policy.ops, ("ops",)), *walk(policy.eval or (), ("eval",))):
        if op.reflects and op.p > 0:
            return f"{format_path(path)} ({op.tag})"
    return None


def _unpaired(keypoints: KeypointsTarget) -> list[str]:
    """Return the names with a side whose row stays, or goes to a row that is not the other side."""
    goes = {a: b for pair in keypoints.swap_pairs for a, b in (pair, pair[::-1])}
    found = []
    for row, name in enumerate(keypoints.names):
        other = counterpart(name)
        if other is None:
            continue
        if row not in goes or (other in keypoints.names and keypoints.names[goes[row]] != other):
            found.append(f"{name!r} (row {row})")
    return found


def _fix(names: tuple[str, ...]) -> str:
    pairs = []
    for row, name in enumerate(names):
        other = counterpart(name)
        if other in names and row < names.index(other):
            pairs.append([row, names.index(other)])
    waive = '"unswapped": true keeps the rows as they are.'
    return f'Write "swap_pairs": {pairs}; {waive}' if pairs else f"No row is the other side; {waive}"
