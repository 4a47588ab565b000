"""Reading a parameter back from pixels: a probe, a number read from the result, and the oracle's curve between them.

Nothing here is written for one op. For a drawn parameter the oracle moves each probe for some values of it, and where
one reading of the result rises or falls all the way, its curve turned round decodes the parameter. A new op is decoded
as soon as the oracle has its function; a parameter that moves no reading so is named as not decodable.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

import augspec
from augspec.normalize import normalized_dict
from augspec_conformance.cases.policies import document, op_document, op_of
from augspec_conformance.declared import ends
from augspec_conformance.oracle import run
from augspec_conformance.subject import Subject
from augspec_conformance.tolerances import DRAWS, FEWER

__all__ = ["PROBES", "READINGS", "SIZE", "SMALL", "Decoder", "channels_of", "decoder", "ideal", "samples_for"]

Array = npt.NDArray[Any]
Json = dict[str, Any]

SIZE = (9, 11)
"""Height and width of a probe."""

SMALL = (5, 6)
"""Height and width of images of which only the whole matters."""

_MARGIN = 2
"""Rows and columns at each side that no reading looks at, so that borders disturb little."""

_COARSE, _FINE = 9, 65
"""Values of the parameter at which a reading is tried, and at which its curve is kept."""

_BEYOND = 0.04
"""How far the curve goes on past both ends, as a share of the range: what is outside must not look like the end."""

_LEAST = 1e-4
"""What a reading must change by between two of the coarse values; float32 keeps it within a hundredth of that."""


def _ramp(axis: int) -> Array:
    place = np.arange(SIZE[axis]) - (SIZE[axis] - 1) / 2
    line = 0.5 + 0.4 * place / SIZE[axis]
    return np.repeat(np.broadcast_to(line[:, None] if axis == 0 else line[None, :], SIZE)[..., None], 3, -1)


def _spot() -> Array:
    image = np.full((*SIZE, 3), 0.1)
    image[SIZE[0] // 2, SIZE[1] // 2] = 0.9
    return image


PROBES: dict[str, Array] = {
    "tint": np.broadcast_to(np.array([0.45, 0.5, 0.55]), (*SIZE, 3)).copy(),
    "ramp_x": _ramp(1),
    "ramp_y": _ramp(0),
    "spot": _spot(),
}
"""Images (H, W, 3) of the unit range; an op that wants one channel gets the first."""


def _inner(images: Array) -> Array:
    return np.asarray(images[:, _MARGIN:-_MARGIN, _MARGIN:-_MARGIN], np.float64)


def _across(images: Array) -> Array:
    inner = _inner(images)
    half = inner.shape[2] // 2
    return np.asarray(inner[:, :, -half:].mean((1, 2, 3)) - inner[:, :, :half].mean((1, 2, 3)))


def _down(images: Array) -> Array:
    inner = _inner(images)
    half = inner.shape[1] // 2
    return np.asarray(inner[:, -half:].mean((1, 2, 3)) - inner[:, :half].mean((1, 2, 3)))


READINGS: dict[str, Callable[[Array], Array]] = {
    "mean": lambda images: np.asarray(_inner(images).mean((1, 2, 3))),
    "across": _across,
    "down": _down,
    "centre": lambda images: np.asarray(images[:, SIZE[0] // 2, SIZE[1] // 2].mean(-1, dtype=np.float64)),
    "colour": lambda images: np.asarray(_inner(images[..., -1:] - images[..., :1]).mean((1, 2, 3))),
}
"""Numbers read from images (B, H, W, C), (B,): all linear in the pixels."""


@dataclass(frozen=True)
class Decoder:
    """How one parameter of one op is read from pixels.

    Attributes:
        probe: name of the probe.
        reading: name of the reading.
        values: rising values of the parameter, a little past both ends of its range.
        curve: the reading at each, rising.
        falls: whether the reading itself falls.
        error: the largest error between two values, in the parameter's unit, and what float32 adds.
        worst: by how much an error of 1 in the pixels moves the parameter, at most.
        slope: the steepest step of the probe, by which an error of a place becomes one of a pixel.
    """

    probe: str
    reading: str
    values: Array
    curve: Array
    falls: bool
    error: float
    worst: float
    slope: float

    def image(self, channels: int) -> Array:
        """Return the probe (H, W, channels)."""
        return PROBES[self.probe][..., :channels]

    def decode(self, images: Array) -> Array:
        """Return the parameter of each image (B, H, W, C), (B,)."""
        reading = READINGS[self.reading](images)
        return np.asarray(np.interp(-reading if self.falls else reading, self.curve, self.values))


def ideal(op: Json, image: Array, values: Json) -> Array:
    """Return the oracle's result (H, W, C) of one op, given its draws by the last part of their path.

    Raises:
        KeyError: the op draws more than that.
    """
    policy = _normalized(json.dumps(op))
    path = f"sample/{policy['ops'][0]['id']}"
    given = {f"{path}/{name}": value for name, value in values.items()}
    return np.asarray(run(policy, given, {"image": image})["image"])


@cache
def _normalized(op: str) -> Json:
    return normalized_dict(augspec.loads(json.dumps(document(json.loads(op)))))


def _drawn(op: str) -> list[str]:
    """Return the last parts of the paths of everything that an op draws."""
    policy = augspec.loads(json.dumps(document(json.loads(op))))
    drawn = augspec.compile(policy, backend="numpy").draw(0, [0])
    return [path.rpartition("/")[2] for path in drawn]


def decoder(op: Json, field: str, channels: int) -> Decoder | str:
    """Return how a drawn field of an op is read from pixels, or why it cannot be.

    Args:
        op: its document, with p 1, the field a distribution and all others constants.
        field: the field's name.
        channels: of the images.
    """
    return _decoder(json.dumps(op), field, channels)


@cache
def _decoder(op: str, field: str, channels: int) -> Decoder | str:
    asked = json.loads(op)
    low, high = ends(asked[field])
    beyond = _BEYOND * (high - low)
    further = sorted(name for name in _drawn(op) if name != field)
    if further:
        return f"it also draws {', '.join(further)}: the pixels do not depend on {field} alone"

    def results(probe: str, values: Array) -> list[Array]:
        image = PROBES[probe][..., :channels]
        return [ideal(asked, image, {field: float(value)}) for value in values]

    found: list[tuple[float, str, str]] = []
    for probe in PROBES:
        coarse = results(probe, np.linspace(low - beyond, high + beyond, _COARSE))
        if any(one.shape[:2] != SIZE for one in coarse):
            return "it changes the size of the image"
        images = np.stack(coarse)
        for name, reading in READINGS.items():
            steps = np.diff(reading(images))
            least = float(np.abs(steps).min())
            if least > _LEAST and ((steps > 0).all() or (steps < 0).all()):
                found.append((least, probe, name))
    values = np.linspace(low - beyond, high + beyond, 2 * _FINE - 1)
    for _, probe, name in sorted(found, reverse=True):
        images = np.stack(results(probe, values))
        curve = READINGS[name](images)
        if (np.diff(curve) > 0).all() or (np.diff(curve) < 0).all():
            return _made(probe, name, values, images)
    return f"no reading of a probe rises or falls with {field} all the way: add one to augspec_conformance.decoding"


def _made(probe: str, name: str, values: Array, images: Array) -> Decoder:
    """Return the decoder of a reading from the results for an odd number of values; every second one is left over."""
    curve = READINGS[name](images)
    falls = bool(curve[-1] < curve[0])
    curve = -curve if falls else curve
    slowest = float((np.diff(curve) / np.diff(values)).min())
    rounding = 2.0**-20 / slowest  # some roundings of float32
    made = Decoder(probe, name, values[::2], curve[::2], falls, 0.0, 0.0, 0.0)
    between = float(np.abs(made.decode(images[1::2]) - values[1::2]).max())
    image = PROBES[probe]
    steepest = max(float(np.abs(np.diff(image, axis=axis)).max()) for axis in (0, 1))
    return replace(made, error=between + rounding, worst=2 / slowest, slope=steepest)  # 2: a difference of two means


def samples_for(subject: Subject) -> int:
    """Return how many samples of a backend are read."""
    return DRAWS if subject.adapter.FRAMEWORK == "numpy" else FEWER


def channels_of(op: str) -> int:
    """Return the fewest channels on which an op is defined."""
    model = op_of(op_document(op))
    return next(channels for channels in range(1, 65) if model.accepts(channels))
