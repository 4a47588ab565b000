"""Measured distances: the oracle beside other libraries, where the formula is theirs, and our uint8 images beside it.

`python -m augspec_conformance.distances` measures, and writes docs/accuracy.json and docs/accuracy.md.
"""

from augspec_conformance.distances.measure import Distance, measure, measure_reference
from augspec_conformance.distances.pair import Missing, Pair
from augspec_conformance.distances.pairs import LIBRARIES, pairs

__all__ = ["LIBRARIES", "Distance", "Missing", "Pair", "measure", "measure_reference", "pairs"]
