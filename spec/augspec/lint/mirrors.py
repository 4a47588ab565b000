"""Mirror images of what has a left and a right."""

from __future__ import annotations

import re
from collections.abc import Iterator

from augspec.lint.finding import Note, Rule
from augspec.lint.measured import mirrors
from augspec.lint.subject import Subject

__all__ = ["MIRRORS"]

_READ = (
    r"digits?|mnist|svhn|text|ocr|letters?|characters?|words?|licen[cs]e plates?|number plates?|handwriting|signatures?"
)
_SIDED = r"left|right|clockwise|anticlockwise|counterclockwise"
_NUMERALS = r"zero|one|two|three|four|five|six|seven|eight|nine|\d"


def _unpaired(subject: Subject) -> Iterator[Note]:
    if "keypoints" in subject.targets and not subject.policy.targets.keypoints.swap_pairs:
        for place in subject.leaves:
            if mirrors(place.op):
                yield place.path, f"{place.op.tag} mirrors keypoints, and targets.keypoints.swap_pairs is empty"


def _readable(subject: Subject) -> Iterator[Note]:
    hint = _hint(subject)
    if hint:
        for place in subject.leaves:
            if mirrors(place.op):
                yield place.path, f"{place.op.tag} makes mirror images, of {hint}"


def _hint(subject: Subject) -> str:
    for name, text in (("name", subject.policy.name), ("description", subject.policy.description)):
        word = re.search(rf"(?<![a-z])({_READ})(?![a-z])", (text or "").replace("_", " "), re.IGNORECASE)
        if word:
            return f"{word.group().lower()!r} (the policy's {name})"
    for text in subject.classes:
        plain = text.replace("_", " ").strip()
        if re.fullmatch(f"{_NUMERALS}|[A-Za-z]", plain, re.IGNORECASE):
            return f"the class {text!r}"
        word = re.search(rf"(?<![a-z])({_READ}|{_SIDED})(?![a-z])", plain, re.IGNORECASE)
        if word:
            return f"the class {text!r}"
    return ""


MIRRORS = (
    Rule(
        "W401",
        "The left eye of a mirrored face is labelled the left one, and is its right.",
        "Give the pairs of rows that exchange places, or leave the mirror out if no keypoint has a side.",
        _unpaired,
    ),
    Rule(
        "W402",
        "A mirrored sign, digit or arrow is another one, or none.",
        "Leave the mirror out, if the label does not survive it.",
        _readable,
    ),
)
