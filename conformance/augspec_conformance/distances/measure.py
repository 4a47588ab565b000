"""Measure: the oracle beside the libraries, and our uint8 images beside the oracle."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

import augspec
from augspec.normalize import normalized_dict
from augspec_conformance.cases.catalogue import case
from augspec_conformance.cases.policies import COMBINATORS, fitting, op_names, variants
from augspec_conformance.cases.probes import sample_of
from augspec_conformance.distances.images import images
from augspec_conformance.distances.pair import Array, Pair
from augspec_conformance.law import Case
from augspec_conformance.laws.ideal import quantised
from augspec_conformance.oracle import run
from augspec_conformance.subject import Subject, reference
from augspec_conformance.tolerances import NEAREST_EDGE

__all__ = ["Distance", "measure", "measure_reference", "of_case", "reference_cases"]

SEEDS = 6
"""Cases of each op in which our uint8 images are measured."""


@dataclass(frozen=True)
class Distance:
    """A distance in levels: the largest over all pixels, and the mean."""

    largest: float
    mean: float

    @classmethod
    def of(cls, distance: Array) -> Distance:
        """Return the distance of an array of them."""
        return cls(float(distance.max(initial=0.0)), float(distance.mean()) if distance.size else 0.0)


def measure(pair: Pair) -> dict[str, Distance]:
    """Return how far the oracle is from a library, by image.

    Raises:
        Missing: the library is not installed.
    """
    found = {}
    for name, whole in images().items():
        image = pair.given(whole)
        distance = np.abs(pair.other(image) - pair.ideal(image))
        if pair.inside is not None:
            distance = distance[pair.inside(*image.shape[:2])]
        found[name] = Distance.of(distance)
    return found


def reference_cases(op: str) -> Iterator[tuple[str, Case]]:
    """Yield (variant, case) of an op: its own ranges and each of its variants, on one large image and on 64 small."""
    for variant in ("", *variants(op)):
        name = f"op:{op}/{variant}" if variant else f"op:{op}"
        for signature, probe, seeds in (
            ("large-u8", "noise", SEEDS),
            ("medium-u8", "ramp", 1),
            ("many-u8", "noise", 1),
        ):
            found = fitting(name, signature)
            if found is not None:
                for seed in range(seeds):
                    one = case("E8", name, found, targets=("image",), probe=probe)
                    yield variant, one.with_(key=(one.key + seed) % 2**64)


def measure_reference(op: str) -> dict[str, Distance]:
    """Return how far the NumPy backend's uint8 images are from the oracle, by variant of an op (E8).

    The mean is over all pixels of all cases of the variant. `normalize` is measured before its division by `std`.
    """
    if op in COMBINATORS:
        return {}
    distances: dict[str, list[Array]] = {}
    for variant, one in reference_cases(op):
        distances.setdefault(variant, []).append(of_case(reference(), one).ravel())
    return {variant: Distance.of(np.concatenate(parts)) for variant, parts in distances.items()}


def of_case(subject: Subject, one: Case) -> Array:
    """Return the distance of each pixel of a uint8 case from the oracle that is given the subject's own draws."""
    policy = quantised(normalized_dict(augspec.loads(json.dumps(one.policy))))
    sample, human = sample_of(one), subject.draw(one).human()
    out = subject.call(one, sample)["image"]
    levels = out.dtype == np.uint8
    last = policy["ops"][-1]
    to_levels = 255.0 * (1.0 if levels else np.broadcast_to(last["std"], out.shape[-1:]))
    found = np.empty(out.shape)
    for i, image in enumerate(sample["image"]):
        values = {path: value[i] for path, value in human.items()}

        def ideal(nudges: Any = (), image: Array = image, values: dict[str, Any] = values) -> Array:
            return np.asarray(run(policy, values, {"image": image / 255.0}, nudges=nudges)["image"])

        scale = 255.0 if levels else to_levels
        got = out[i].astype(np.float64) / (255.0 if levels else 1.0)
        distance = np.abs(got - ideal()) * scale
        on_edges = last.get("interpolation") == "nearest" or augspec.ops()[last["op"]].edges
        if on_edges and distance.max(initial=0.0) > 1.0:
            # A place on the edge of two pixels, or of a hole, may mean either (E4).
            for x, y in itertools.product((-NEAREST_EDGE, NEAREST_EDGE), repeat=2):
                distance = np.minimum(distance, np.abs(got - ideal(((x, y),))) * scale)
        found[i] = distance
    return found


def compared_ops() -> tuple[str, ...]:
    """Return the ops that have pixels of their own, and ask for the image alone."""
    return tuple(
        name
        for name in op_names()
        if name not in COMBINATORS and not (augspec.ops()[name].needs or augspec.ops()[name].across)
    )
