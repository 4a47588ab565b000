"""Baseline JPEG without a codec: what encoding and decoding does to levels, in the integers of libjpeg.

Only what changes pixels is here: colours, sampling, transforms and quantisation. Entropy coding loses nothing, so it is
left out. The arithmetic is that of libjpeg-turbo with its default settings: 4:2:0 sampling, the accurate integer
transform (`islow`) in both directions, and "fancy" upsampling. Everything is int32 over a `Namespace`, of static shape.
"""

from augspec.jpeg.codec import Codec
from augspec.jpeg.reach import reached
from augspec.jpeg.tables import quantisation

__all__ = ["Codec", "quantisation", "reached"]
