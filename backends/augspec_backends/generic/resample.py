"""Resampling: crop windows and separable, antialiased weights that sum to exactly 2¹⁵ (C8, E7)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from augspec.namespace import Array, Namespace
from augspec.random.maps import share
from augspec_backends.generic.numbers import FixedNumbers, FloatNumbers
from augspec_backends.generic.plane import multiply, reciprocal

__all__ = ["Axis", "CropArithmetic", "axis_weights", "first_of", "nearest_index", "resample_pixels"]


@dataclass(frozen=True)
class Axis:
    """How one axis of a result comes from one of the image; lengths in pixels.

    Attributes:
        start: (B,) first pixel of the window that is read.
        length: (B,) pixels of the window, 1 … side.
        side: pixels of the image; static.
        size: pixels of the result; static.
        mirrored: (B,) bool, whether the result is reversed; None for nobody.
        shown: (B,) n, pixels that the window becomes, at most 2 · MAX_SIDE; None for `size`.
        offset: (B,) which pixel of the result its first one becomes, perhaps a negative one; None for 0.
        least: the smallest n; static.
    """

    start: Array
    length: Array
    side: int
    size: int
    mirrored: Array | None = None
    shown: Array | None = None
    offset: Array | None = None
    least: int | None = None

    def places(self, xp: Namespace) -> tuple[Array, Array, Array | int]:
        """Return windows' lengths (B, 1), which pixel of n each output shows (B, size), and n, (B, 1) or static."""
        w = xp.reshape(self.length, (-1, 1))
        j = xp.reshape(xp.arange(self.size), (1, self.size)) + w * 0
        if self.mirrored is not None:
            j = xp.where(xp.reshape(self.mirrored, (-1, 1)), self.size - 1 - j, j)
        if self.shown is None:
            return w, j, self.size
        return w, j - xp.reshape(self.offset, (-1, 1)), xp.reshape(self.shown, (-1, 1))

    def inside(self, xp: Namespace) -> Array | None:
        """Return where the result shows the window, (B, size); None if everywhere."""
        _, j, n = self.places(xp)
        return None if self.shown is None else xp.logical_and(j >= 0, j < n)

    def taps(self, kernel: str, *, antialias: bool) -> int:
        """Return how many pixels an output reads at most."""
        least = self.size if self.least is None else self.least
        return math.ceil(2 * _REACH[kernel] * (max(self.side, least) / least if antialias else 1))


_REACH = {"bilinear": 1, "bicubic": 2}


def axis_weights(xp: Namespace, axis: Axis, *, kernel: str, antialias: bool) -> tuple[Array, Array]:
    """Return the taps of one axis: first indices (B, size) and weights (B, size, T) that sum to 2¹⁵, T static.

    Distances are exact integers in units of 1 / (2n) pixel, 2S of them a kernel's whole unit on both sides. A
    triangle's weights are S less the distance; a cubic's are 2¹⁵ times Keys' kernel, to the nearest. They are divided
    by their sum, and the rounding rest goes to the tap that holds the centre.

    Bounds (E2): n ≤ 2¹⁴ and sides ≤ 2¹³, so S ≤ 2¹⁵, centres ≤ 2²⁸, units ≤ 2¹⁵, sums of units ≤ 2²⁸ plus lobes.

    Args:
        xp: the namespace.
        axis: what becomes what.
        kernel: "bilinear" or "bicubic".
        antialias: whether the kernel widens when the window shrinks.
    """
    taps, reach = axis.taps(kernel, antialias=antialias), _REACH[kernel]
    w, j, n = axis.places(xp)
    if axis.shown is not None:
        j = xp.minimum(xp.maximum(j, 0), n - 1)  # what lies outside is replaced later
    centre = (2 * j + 1) * w
    support = xp.maximum(2 * w, w * 0 + 2 * n) if antialias else w * 0 + 2 * n
    first = xp.floordiv(centre - reach * support + (n + 2 * n * taps), 2 * n) - taps
    t = xp.reshape(xp.arange(taps), (1, taps, 1))  # pixels last: what is read of one tap lies together in memory
    i = first[:, None, :] + t
    scale = n if isinstance(n, int) else n[:, None, :]
    distance = xp.abs((2 * i + 1) * scale - centre[:, None, :])
    wide = support[:, None, :]
    inside = xp.logical_and(xp.logical_and(i >= 0, i < w[:, None, :]), distance < reach * wide)
    units = wide - distance if kernel == "bilinear" else _cubic(xp, xp.minimum(distance, 2 * wide), wide)
    units = xp.where(inside, units, 0)
    total = xp.sum(units, 1)[:, None, :]
    half = xp.shr(total, 1)
    weights = xp.floordiv(xp.shl(xp.abs(units), 15) + half, total)
    weights = xp.where(units < 0, -weights, weights)
    rest = 32768 - xp.sum(weights, 1)
    middle = xp.floordiv(centre, 2 * n) - first
    weights = weights + xp.where(t == middle[:, None, :], rest[:, None, :], 0)
    return first + xp.reshape(axis.start, (-1, 1)), xp.transpose(weights, (0, 2, 1))


def _cubic(xp: Namespace, distance: Array, unit: Array) -> Array:
    """Return Keys' kernel (a = −½) of distance / unit, at most 2, times 2¹⁵, rounded half-up.

    The quotient x is made in 2⁻²⁴ by two divisions: distance·2¹⁴ ≤ 2³⁰. Its powers are products below 8·2²⁴, and the
    sums of twice the kernel stay below 32·2²⁴: 3x³ − 5x² + 2 up to 1, −x³ + 5x² − 8x + 4 up to 2.
    """
    scaled = xp.shl(distance, 14)
    whole = xp.floordiv(scaled, unit)
    part = xp.floordiv(xp.shl(scaled - whole * unit, 10) + xp.shr(unit, 1), unit)
    x = xp.shl(whole, 10) + part
    square = multiply(xp, x, x)
    cube = multiply(xp, square, x)
    near = 3 * cube - 5 * square + (2 << 24)
    far = -cube + 5 * square - 8 * x + (4 << 24)
    return xp.shr(xp.where(x < 1 << 24, near, far) + 512, 10)


def nearest_index(xp: Namespace, axis: Axis) -> Array:
    """Return the source pixel of every output pixel, ⌊(j + ½)·w / n⌋, as (B, size); inside the window always."""
    w, j, n = axis.places(xp)
    if axis.shown is not None:
        j = xp.minimum(xp.maximum(j, 0), n - 1)
    return xp.floordiv((2 * j + 1) * w, 2 * n) + xp.reshape(axis.start, (-1, 1))


def resample_pixels(
    m: FixedNumbers | FloatNumbers,
    image: Array,
    columns: tuple[Array, Array],
    rows: tuple[Array, Array],
    *,
    lobes: bool = False,
) -> Array:
    """Return the window resampled: columns first, as Pillow does, then rows.

    Args:
        m: the number system.
        image: (B, H, W, C); uint8 levels or int32 in 2⁻⁸ levels in the exact domain, float32 in the other.
        columns: first indices (B, w) and weights (B, w, T).
        rows: first indices (B, h) and weights (B, h, T).
        lobes: whether weights may be negative: then the result is clamped, once.
    """
    xp = m.xp
    _, height, _, channels = xp.shape(image)
    shape = (height, xp.shape(columns[0])[1], channels)

    def along_rows() -> Array:
        return _pass(m, image, *columns, axis=2, lobes=lobes)

    # Lobes overshoot the levels that travel as half the bytes.
    across = along_rows() if lobes else m.once(along_rows, columns[0], shape)
    total = _pass(m, across, *rows, axis=1, lobes=lobes)
    if not lobes:
        return total
    if isinstance(m, FixedNumbers):
        return m.clamp(total)
    # Only what the weights overshoot is clamped: a pixel that lands on a pixel keeps its value (C11).
    down, right = (xp.max(weights, 2) == 32768 for _, weights in (rows, columns))
    return xp.where(xp.logical_and(down[:, :, None, None], right[:, None, :, None]), total, m.clamp(total))


_MIDDLE = 32640


def _pass(
    m: FixedNumbers | FloatNumbers, image: Array, first: Array, weights: Array, *, axis: int, lobes: bool
) -> Array:
    """Return one axis resampled.

    Of T ≤ 128 weights without lobes none is negative: the middle one is at least 2¹⁵ / 2T, 128, and the rounding rest
    that it takes at most T / 2, 64. So their magnitudes sum to 2¹⁵ too, and no partial sum leaves 65280 · 2¹⁵ + 2¹⁴ <
    2³¹. With more taps, or with lobes, 65280 · Σ |k| may be no int32, but the weights sum to exactly 2¹⁵, so that
    Σ k·v = Σ k·(v − 32640) + 32640·2¹⁵. Let Σ |k| ≤ A·2¹⁵. Keys' weights have A ≤ 1.25, and 1.27 normalised at an
    edge; their rounding and its rest add at most one unit per tap: 1/8 for 4096 taps, 1/4 for 8192, which are read only
    where at most 7 pixels are made and A is below 1.165. So A < 1.416 always. The first pass stays within 32640·A of
    the middle, and the second sum is at most 32640·A²·2¹⁵ + 2¹⁴ < 2³¹.
    """
    xp = m.xp
    _, size, taps = xp.shape(weights)
    side = xp.shape(image)[axis]
    levels = xp.dtype(image) == "uint8"
    centred = (lobes or taps > 128) and not levels and isinstance(m, FixedNumbers)
    shape = (-1, 1, size, 1) if axis == 2 else (-1, size, 1, 1)
    total: Array = None
    for t in range(taps):
        part = xp.gather_axis(image, xp.clip(first + t, 0, side - 1), axis)
        weight = xp.reshape(weights[:, :, t], shape)
        if isinstance(m, FixedNumbers):
            value = xp.astype(part, "int32") if levels else part
            product = (value - _MIDDLE if centred else value) * weight
        else:
            # Weight zero is outside the footprint: NaN there must not spread (C13). It adds -0.0, which changes no
            # number, where 0.0 would turn a -0.0 around (C11). TensorFlow takes a constant -0.0 for 0.0.
            share = xp.astype(weight, m.dtype) * (1 / 32768)
            product = xp.where(weight == 0, -share, part * share)
        total = product if total is None else total + product
    if not isinstance(m, FixedNumbers):
        return total
    total = xp.shr(total + 64, 7) if levels else xp.shr(total + 16384, 15)
    if levels and axis == 2 and not lobes:
        return xp.noted(total, "across", image, first, weights)
    return total + _MIDDLE if centred else total


def first_of(xp: Namespace, fits: Array) -> tuple[Array, Array]:
    """Return which candidate is the first that fits, (B, K) bool, and whether there is one, (B,) bool."""
    number = xp.astype(fits, "int32")
    tries = xp.shape(fits)[1]
    earlier = xp.constant(np.tri(tries, tries, -1).T[None])  # [0, i, j] is 1 where i comes before j
    before = xp.sum(number[..., None] * earlier, 1)
    return xp.logical_and(fits, before == 0), xp.sum(number, 1) > 0


@dataclass(frozen=True)
class CropArithmetic:
    """The integer arithmetic of random crops."""

    xp: Namespace

    def crop_window(
        self,
        area: Array,
        ratio: Array,
        top: Array,
        left: Array,
        height: int,
        width: int,
        limits: tuple[float, float],
    ) -> tuple[Array, Array, Array, Array]:
        """Return (left, top, width, height) of the first candidate that fits, each (B,) int32.

        Args:
            area: (B, 10) square roots of the areas' shares, in 2⁻²⁴.
            ratio: (B, 10) square roots of the aspect ratios, in 2⁻¹⁶.
            top: (B,) position in 2⁻²⁴.
            left: (B,) position in 2⁻²⁴.
            height: H, static.
            width: W, static.
            limits: the range of the ratio, for the fallback.
        """
        xp = self.xp
        fallback_w, fallback_h = _central(height, width, limits)
        w, h, found = self.first_window(area, ratio, height, width)
        w, h = xp.where(found, w, fallback_w), xp.where(found, h, fallback_h)
        x = xp.where(found, share(xp, left, width + 1 - w), xp.shr(width - w, 1))
        y = xp.where(found, share(xp, top, height + 1 - h), xp.shr(height - h, 1))
        return x, y, w, h

    def first_window(self, area: Array, ratio: Array, height: int, width: int) -> tuple[Array, Array, Array]:
        """Return the sides of the first candidate that fits, (B,), 0 where none does, and whether one does, (B,) bool.

        Candidates are w = √(A·r), h = √(A/r), rounded half-up, with the arguments of `crop_window`.
        """
        xp = self.xp
        # √(H·W) as a whole and 4096ths, made on the host.
        whole, part = divmod(math.isqrt(height * width << 24), 4096)
        ws = self._side(multiply(xp, area, ratio * 256), whole, part)
        hs = self._side(multiply(xp, area, reciprocal(xp, ratio)), whole, part)
        fits = xp.logical_and(xp.logical_and(ws > 0, ws <= width), xp.logical_and(hs > 0, hs <= height))
        first, found = first_of(xp, fits)
        return xp.sum(xp.where(first, ws, 0), 1), xp.sum(xp.where(first, hs, 0), 1), found

    def resized(self, factor: Array, side: float) -> Array:
        """Return factor · side in whole pixels, rounded half-up, at least 1; the factor in 2⁻²⁴, below 2²⁷ of these.

        The side, at most 8192, counts in 4096ths.
        """
        whole, part = divmod(math.floor(side * 4096 + 0.5), 4096)
        return self.xp.maximum(self._side(factor, whole, part), 1)

    def reciprocal(self, factor: Array) -> Array:
        """Return 1 / factor in 2⁻²⁴ of a factor in 2⁻¹⁶."""
        return reciprocal(self.xp, factor)

    def _side(self, q: Array, whole: int, part: int) -> Array:
        """Return q·√(H·W) / 2²⁴, rounded half-up."""
        xp = self.xp
        high, low = xp.shr(q, 12), xp.bitand(q, 4095)
        return xp.shr(high * whole + xp.shr(low * whole + high * part, 12) + 2048, 12)


def _central(height: int, width: int, limits: tuple[float, float]) -> tuple[int, int]:
    """Return (width, height) of the central crop clipped to the ratio range."""
    low, high = limits
    if width / height < low:
        return width, min(height, max(1, math.floor(width / low + 0.5)))
    if width / height > high:
        return min(width, max(1, math.floor(height * high + 0.5))), height
    return width, height
