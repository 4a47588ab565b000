"""Pixels that are lost: clipping, too few levels, too much noise, contrast twice."""

from __future__ import annotations

from collections.abc import Iterator

from augspec.explanation.values import number
from augspec.lint.finding import Note, Rule
from augspec.lint.measured import noisiness, ramp_change, saturated
from augspec.lint.subject import Place, Subject
from augspec.ops.base import NoiseOp, PixelOp, bounds

__all__ = ["PIXELS"]

_CLIPPED = 0.5
_SPREAD = 0.2
_STILL = 6.0
_NOISY = 25.0


def _clips(subject: Subject) -> Iterator[Note]:
    for place in _pixel_ops(subject):
        share = saturated(place.op)
        if share > _CLIPPED and not isinstance(place.op, NoiseOp):
            yield (
                place.path,
                f"{place.op.tag} makes {number(100 * share, 2)} % of all greys black or white, at its extreme",
            )


def _twice(subject: Subject) -> Iterator[Note]:
    for first, second in subject.pairs():
        if all(
            isinstance(one.op, PixelOp) and not isinstance(one.op, NoiseOp) and _contrast(one)
            for one in (first, second)
        ):
            yield second.path, f"{second.op.tag} changes the contrast again, after {first.op.tag} ({first.path})"


def _contrast(place: Place) -> bool:
    moved, spread = ramp_change(place.op)
    return spread > _SPREAD and moved < _STILL


def _levels(subject: Subject) -> Iterator[Note]:
    for place in subject.leaves:
        for name, mark, value, _ in place.op.draws():
            if mark.quantity.name == "bits" and bounds(value)[0] < 2:
                low = int(bounds(value)[0])
                yield f"{place.path}.{name}", f"{place.op.tag} may keep {low} bit{'' if low == 1 else 's'}"


def _noise(subject: Subject) -> Iterator[Note]:
    for place in subject.leaves:
        if isinstance(place.op, NoiseOp) and place.always:
            change = noisiness(place.op)
            if change > _NOISY:
                yield (
                    place.path,
                    f"{place.op.tag} changes every image, a pixel by {number(change, 2)} levels on average or more",
                )


def _pixel_ops(subject: Subject) -> Iterator[Place]:
    return (place for place in subject.leaves if isinstance(place.op, PixelOp))


PIXELS = (
    Rule("W101", "What is clipped is lost, for the ops that follow as well.", "Narrow the range.", _clips),
    Rule(
        "W102",
        "The two multiply: the strongest samples get both extremes at once.",
        "Put them into one_of, or narrow both ranges.",
        _twice,
    ),
    Rule(
        "W103", "One bit leaves two values per channel, and dark images become black.", "Keep 3 bits or more.", _levels
    ),
    Rule(
        "W104",
        "The model never sees a clean image in training, and sees nothing else in evaluation.",
        "Give it a p below 1, or let the range begin near 0.",
        _noise,
    ),
)
