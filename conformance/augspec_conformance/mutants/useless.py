"""Backends that do nothing right: nearly every law must fail on them."""

from __future__ import annotations

from typing import Any

import numpy as np

from augspec_conformance.mutants.faulty import Faulty, Run, image_of, with_entry
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["SANITY"]


class AlwaysRaises(Faulty):
    """Raises at every call."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        raise RuntimeError("this backend always raises")


class ReturnsZeros(Faulty):
    """Returns black images of the right shape."""

    def result(self, out: Any, sample: Any) -> Any:
        return with_entry(out, "image", np.zeros_like(image_of(out)))


class ReturnsInput(Faulty):
    """Returns the sample itself."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        return sample


class RandomGarbage(Faulty):
    """Returns noise of the right shape, other noise at every call."""

    def result(self, out: Any, sample: Any) -> Any:
        image = image_of(out)
        noise = np.random.default_rng().integers(0, 256, image.nbytes, np.uint8)
        return with_entry(out, "image", noise.view(image.dtype).reshape(image.shape))


def _sanity(number: int, title: str, make: Any) -> Mutant:
    return Mutant(f"S{number:02d}", "sanity", title, "everything", make, ())


SANITY = (
    _sanity(1, "always raises", AlwaysRaises),
    _sanity(2, "returns zeros", ReturnsZeros),
    _sanity(3, "returns the input", ReturnsInput),
    _sanity(4, "returns garbage", RandomGarbage),
)
"""Backends that must fail almost everywhere."""
