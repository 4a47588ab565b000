"""The float64 oracle: what every op means, as ideal mathematics on one sample.

It is written for reading, in float64 NumPy, apart from augspec and from every backend: nothing here imports
them. A policy in its normalized form and the realised numbers of one sample go in, the ideal sample comes
out; the laws compare backends with it (E8 for uint8 images, the tolerance table for floats).
"""

from augspec_conformance.oracle.ops import OPS
from augspec_conformance.oracle.run import run

__all__ = ["OPS", "run"]
