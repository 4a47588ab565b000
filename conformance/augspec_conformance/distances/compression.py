"""JPEG, and shrinking that is undone, beside other libraries."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import numpy as np

from augspec_conformance.distances.bounds import FLOAT32, ROUNDED, WEIGHTS32
from augspec_conformance.distances.calls import albumentations, opencv, pillow, tensorflow
from augspec_conformance.distances.images import SIZE
from augspec_conformance.distances.libraries import ALBUMENTATIONS, OPENCV, PILLOW, TENSORFLOW
from augspec_conformance.distances.pair import Call, Pair

__all__ = ["pairs"]

_QUALITIES = (10, 60, 95)
_FACTORS = (0.2, 0.6)
"""One for which blocks are five pixels, one for which they are five thirds; no centre lies on the edge of two."""


def _saved(quality: int) -> Call:
    def call(image: Any) -> Any:
        from PIL import Image

        stream = BytesIO()
        image.save(stream, "jpeg", quality=quality)
        stream.seek(0)
        return Image.open(stream)

    return pillow(call)


def _encoded(quality: int) -> Call:
    def call(cv2: Any, image: Any) -> Any:
        _, stream = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
        return cv2.imdecode(stream, cv2.IMREAD_COLOR)[..., ::-1]

    return opencv(call)


def _reversed(quality: int) -> Call:
    """Call Albumentations with blue first, as the encoder that it asks takes it."""
    call = albumentations(lambda A: A.ImageCompression("jpeg", (quality, quality), p=1))
    return lambda image: call(image[..., ::-1])[..., ::-1]


def _compressed() -> Iterator[Pair]:
    for quality in _QUALITIES:
        op = {"op": "jpeg", "quality": quality}
        yield Pair(PILLOW, "save, open", op, "uint8", _saved(quality), 0.0, "none")
        yield Pair(OPENCV, "imencode, imdecode", op, "uint8", _encoded(quality), 0.0, "none")
        call = tensorflow(
            lambda tf, x, quality=quality: tf.image.adjust_jpeg_quality(x, quality, "INTEGER_ACCURATE")  # type: ignore[misc]
        )
        yield Pair(TENSORFLOW, "adjust_jpeg_quality(INTEGER_ACCURATE)", op, "uint8", call, 0.0, "none")
        text = "ImageCompression() of BGR"
        yield Pair(ALBUMENTATIONS, text, op, "uint8", _reversed(quality), 0.0, "none")


def _shrunk(factor: float, down: str) -> Call:
    def call(cv2: Any, image: Any) -> Any:
        height, width = (int(np.floor(factor * side + 0.5)) for side in SIZE)
        small = cv2.resize(image, (width, height), interpolation=getattr(cv2, down))
        return cv2.resize(small, SIZE[::-1], interpolation=cv2.INTER_NEAREST_EXACT)

    return opencv(call)


def _downscaled() -> Iterator[Pair]:
    for factor in _FACTORS:
        op = {"op": "downscale", "factor": factor}
        text = "resize(INTER_AREA), resize(INTER_NEAREST_EXACT)"
        call = _shrunk(factor, "INTER_AREA")
        yield Pair(OPENCV, text, op, "uint8", call, ROUNDED + WEIGHTS32, "small image rounded to levels")
        yield Pair(OPENCV, text, op, "float32", call, WEIGHTS32, "weights in float32")
        op = {**op, "method": "nearest"}
        text = "resize(INTER_NEAREST_EXACT) twice"
        yield Pair(OPENCV, text, op, "uint8", _shrunk(factor, "INTER_NEAREST_EXACT"), 0.0, "none")

    def blocks(tf: Any, image: Any) -> Any:
        size = [int(np.floor(_FACTORS[0] * side + 0.5)) for side in SIZE]
        small = tf.image.resize(image, size, "area")
        return tf.image.resize(small, SIZE, "nearest")

    op = {"op": "downscale", "factor": _FACTORS[0]}
    text = "resize(area), resize(nearest)"
    yield Pair(TENSORFLOW, text, op, "float32", tensorflow(blocks), FLOAT32, "float32")


def pairs() -> Iterator[Pair]:
    """Yield JPEG and downscale."""
    yield from _compressed()
    yield from _downscaled()
