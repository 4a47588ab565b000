"""Faults of boxes that have an angle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from augspec.language.policy import Policy
from augspec.namespace import Array
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.pipeline import Runner
from augspec_conformance.mutants.faulty import Faulty, Values
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


class _Angled(Faulty):
    """Knows whether boxes have an angle; a fault overrides `wrong`."""

    angled: bool = False

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        own = type(self)()
        own.angled = options.get("box_format") == "cxcywhr"
        return super(_Angled, own).compile(policy, **options)

    def result(self, out: Any, sample: Any) -> Any:
        if not self.angled or not isinstance(out, Mapping) or "boxes" not in out:
            return out
        return {**out, "boxes": self.wrong(out["boxes"].copy(), np.asarray(sample["boxes"]))}

    def wrong(self, boxes: Array, given: Array) -> Array:
        """Return what becomes of boxes (…, 5)."""
        raise NotImplementedError


class TurnsClockwise(_Angled):
    """Takes positive angles for clockwise ones, in the result."""

    def wrong(self, boxes: Array, given: Array) -> Array:
        moved = (boxes != given).any(-1)
        boxes[..., 4] = np.where(moved, -boxes[..., 4], boxes[..., 4])
        return boxes


class KeepsAngles(_Angled):
    """Moves boxes and leaves their angles."""

    def wrong(self, boxes: Array, given: Array) -> Array:
        boxes[..., 4] = given[..., 4]
        return boxes


class GivesHulls(_Angled):
    """Gives the upright hull of a moved box, with an angle of 0."""

    def wrong(self, boxes: Array, given: Array) -> Array:
        angle = np.radians(boxes[..., 4])
        cos, sin = np.abs(np.cos(angle)), np.abs(np.sin(angle))
        wide, high = boxes[..., 2] * cos + boxes[..., 3] * sin, boxes[..., 2] * sin + boxes[..., 3] * cos
        hull = np.stack([boxes[..., 0], boxes[..., 1], wide, high, angle * 0], -1).astype(boxes.dtype)
        return np.where((boxes != given).any(-1, keepdims=True), hull, boxes)


class ForgetsCentres(Faulty):
    """Calls boxes valid whose centre has left the canvas."""

    def finished(self, runner: Runner, xp: Any, state: Values) -> Values:
        return {**state, "places_seen": np.ones_like(state["places_seen"])} if "places_seen" in state else state


class NeedsOne(_Angled):
    """Asks for the largest of the boxes, which none of none is."""

    def wrong(self, boxes: Array, given: Array) -> Array:
        boxes.max(-2)
        return boxes


MUTANTS = (
    Mutant(
        "M261",
        "rotated",
        "gives angles of the other direction",
        "Ships point the wrong way.",
        TurnsClockwise,
        ("F15",),
    ),
    Mutant(
        "M262",
        "rotated",
        "moves boxes and leaves their angles",
        "Boxes lie across what they hold.",
        KeepsAngles,
        ("F15",),
    ),
    Mutant(
        "M263",
        "rotated",
        "gives the upright hulls of boxes with an angle",
        "Narrow things have wide boxes.",
        GivesHulls,
        ("F15",),
    ),
    Mutant(
        "M264",
        "rotated",
        "keeps boxes valid whose centre has left the canvas",
        "Objects are annotated beside the picture.",
        ForgetsCentres,
        ("F15",),
    ),
    Mutant(
        "M302",
        "rotated",
        "breaks down where there are no boxes with an angle",
        "An image without ships ends the training.",
        NeedsOne,
        ("B5",),
        tier="full",
    ),
)
