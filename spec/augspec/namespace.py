"""The array functions that a backend supplies, and the words in which ops are written over them.

Five protocols, from the bottom up:

* `Namespace`: about forty functions on a framework's arrays. Integers are int32 with wrap-around everywhere,
  because all four frameworks have exactly that, eager and compiled, on every device; floats are float32.
* `Numbers`: the pixel arithmetic in which a colour op is written once and runs twice, in exact integers on
  uint8 images and in float32 on floats.
* `Noise`: random numbers for pixels, in which a noise op says what it adds.
* `Plane`: the matrices in which a geometric op says how it moves the plane.
* `Places`: the positions in which an op that is no matrix says where pixels come from, and where points go.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

__all__ = ["Array", "Namespace", "Noise", "Numbers", "Places", "Plane", "Transform"]

Array = Any
"""An array or tensor of the backend's framework."""


class Namespace(Protocol):
    """What a new backend implements. Shapes are static tuples; dtypes are names such as "int32"."""

    name: str

    def constant(self, value: Any, dtype: str = "int32") -> Array:
        """Return host data as an array of the framework."""

    def astype(self, x: Array, dtype: str) -> Array:
        """Convert; float to integer truncates toward zero."""

    def dtype(self, x: Array) -> str:
        """Return the dtype's name."""

    def shape(self, x: Array) -> tuple[int, ...]:
        """Return the static shape."""

    def where(self, condition: Array, a: Array, b: Array) -> Array:
        """Select elementwise, broadcasting; `a` or `b` may be Python numbers of the other's dtype."""

    def minimum(self, a: Array, b: Array | float) -> Array:
        """Return the elementwise minimum."""

    def maximum(self, a: Array, b: Array | float) -> Array:
        """Return the elementwise maximum."""

    def clip(self, x: Array, low: float, high: float) -> Array:
        """Clamp to [low, high]; NaN stays NaN."""

    def abs(self, x: Array) -> Array:
        """Return the elementwise magnitude."""

    def floor(self, x: Array) -> Array:
        """Round a float array down."""

    def sqrt(self, x: Array) -> Array:
        """Return the square root of a float array."""

    def pow(self, x: Array, exponent: Array) -> Array:
        """Raise a float array ≥ 0 to a power; 0⁰ is 1."""

    def shl(self, x: Array, bits: int) -> Array:
        """Shift left, dropping high bits."""

    def shr(self, x: Array, bits: Array | int) -> Array:
        """Shift right arithmetically (floor division by a power of two)."""

    def bitand(self, x: Array, mask: Array | int) -> Array:
        """Return the bitwise and."""

    def bitor(self, x: Array, y: Array) -> Array:
        """Return the bitwise or."""

    def bitxor(self, x: Array, y: Array | int) -> Array:
        """Return the bitwise exclusive or."""

    def floordiv(self, a: Array, b: Array | int) -> Array:
        """Divide non-negative integers by positive ones, rounding down."""

    def logical_not(self, x: Array) -> Array:
        """Negate booleans."""

    def logical_and(self, x: Array, y: Array) -> Array:
        """Return the conjunction of booleans."""

    def logical_or(self, x: Array, y: Array) -> Array:
        """Return the disjunction of booleans."""

    def take(self, table: Array, index: Array) -> Array:
        """Look up a (n,) table at indices of any shape."""

    def take_rows(self, tables: Array, index: Array) -> Array:
        """Look up (R, n) tables, one for each row of an index (R, m)."""

    def gather_at(self, image: Array, rows: Array, columns: Array) -> Array:
        """Return (B, h, w, C) pixels of a (B, H, W, C) image at (B, h, w) rows and columns, all inside."""

    def gather_axis(self, x: Array, index: Array, axis: int) -> Array:
        """Return (B, H, W, C) pixels read along axis 1 or 2 at per-sample indices (B, n)."""

    def select_axis(self, x: Array, index: Any, axis: int) -> Array:
        """Return entries of one axis at host indices, the same for all samples."""

    def reshape(self, x: Array, shape: Sequence[int]) -> Array:
        """Change the shape, in row-major order."""

    def transpose(self, x: Array, axes: Sequence[int]) -> Array:
        """Permute axes."""

    def stack(self, arrays: Sequence[Array], axis: int) -> Array:
        """Join along a new axis."""

    def unstack(self, x: Array) -> Sequence[Array]:
        """Return the parts along the last axis, without it: what `stack` joins there."""

    def concat(self, arrays: Sequence[Array], axis: int) -> Array:
        """Join along an axis."""

    def flip(self, x: Array, axis: int) -> Array:
        """Reverse an axis."""

    def sum(self, x: Array, axis: int | tuple[int, ...]) -> Array:
        """Add up, in the array's own dtype."""

    def min(self, x: Array, axis: int | tuple[int, ...]) -> Array:
        """Return the minimum along axes."""

    def max(self, x: Array, axis: int | tuple[int, ...]) -> Array:
        """Return the maximum along axes."""

    def cumulative_sum(self, x: Array, axis: int) -> Array:
        """Return running sums, each with its own entry included."""

    def histogram(self, index: Array, bins: int) -> Array:
        """Return how often each number 0 … bins − 1 occurs in each row of (R, n), as int32 (R, bins)."""

    def argsort(self, x: Array) -> Array:
        """Return the int32 places (n,) that put int32 numbers (n,) in ascending order, equal ones as they come."""

    def arange(self, n: int) -> Array:
        """Return 0 … n − 1 as int32."""

    def standardised(self, levels: Array, mean: Any, std: Any) -> Array:
        """Return (level / 255 − mean) / std, float32, of levels 0 … 255, (B, H, W, C) int32.

        Numbers are those of float64, rounded once. `mean` and `std` are (C,) float64 on the host.
        """

    def noted(self, x: Array, what: str, *arrays: Array) -> Array:
        """Return x, or the same numbers by a quicker way to all of them, if the namespace has one for what x is.

        * `across`: bytes resampled along rows, of an image (B, H, W, C) uint8, columns (B, w) of first taps, and
          weights (B, w, T) in 2⁻¹⁵, T static, not negative, 0 outside of the image: ⌊(Σ weight · byte + 64) / 2⁷⌋.
        * `bilinear constant`, `bilinear edge`: bytes between four pixels, of an image, the upper left one's columns and
          rows (B, h, w), and fractions in 2⁻¹¹: ⌊(Σ weight · byte + 2¹³) / 2¹⁴⌋; zeros outside, or the nearest pixel.
        """

    def recomputes(self, x: Array) -> bool:
        """Return whether a fusing compiler may compute `x` anew for every use; then `materialise` pays."""

    def materialise(self, f: Callable[[], Array], guard: Array, shape: tuple[int, ...], dtype: str) -> Array:
        """Return f(), computed once even if a fusing compiler would recompute it for every use.

        `guard` is an int32 array (B, …) of the run; the result is (B, *shape) of `dtype`.
        """

    def choose(
        self,
        branch: Array,
        branches: Sequence[Callable[[Mapping[str, Array], Mapping[str, Array]], Mapping[str, Array]]],
        state: Mapping[str, Array],
        params: Mapping[str, Array],
    ) -> Mapping[str, Array]:
        """Run, for every sample, the branch it chose (B,) on its rows of `state` and `params`.

        All arrays have the batch axis first. Never computes a branch for a sample that did not choose it,
        except where a compiler leaves no other way.
        """


class Transform(Protocol):
    """A movement of the plane: forward for boxes and keypoints, inverse for pixels (E4)."""


class Plane(Protocol):
    """Builds transforms about the centre of a canvas from per-sample integers of shape (B,)."""

    def rotation(self, turns: Array) -> Transform:
        """Counter-clockwise for the viewer, in 2⁻²⁴ turns."""

    def translation(self, x: Array, y: Array) -> Transform:
        """Right and down, in 2⁻²⁴ of the side."""

    def scaling(self, x: Array, y: Array) -> Transform:
        """Factors in 2⁻¹⁶, above 1 bigger."""

    def shearing(self, x: Array, y: Array) -> Transform:
        """Tangents in 2⁻²⁴: Shx · Shy (y is applied first)."""

    def mirror(self, *, horizontal: bool) -> Transform:
        """Exchange left and right, or top and bottom."""

    def compose(self, *transforms: Transform) -> Transform:
        """Return the transform that does the first one first."""


class Places(Protocol):
    """The pixels of one canvas, and points on it: where the first come from, and where the second go.

    Sources are int32 in 2⁻¹² half pixels from pixel 0, points float32 pixels (C5).
    """

    @property
    def xp(self) -> Namespace:
        """Return the namespace."""

    @property
    def height(self) -> int:
        """Return H."""

    @property
    def width(self) -> int:
        """Return W."""

    def projective(self, rows: Array) -> tuple[Array, Array]:
        """Return the sources, (B, H, W) each, of a homography's `rows` as `homography` prepares them."""

    def project(self, x: Array, y: Array, matrix: Array) -> tuple[Array, Array]:
        """Return points (B, N) moved by a homography of half sides from the centre, (B, 9) float32."""

    def radial(self, k: Array) -> tuple[Array, Array]:
        """Return the sources p·(1 + k₁·t + k₂·t²) of places p, t = |p|² over the corners'; k is (B, 2) in 2⁻²⁴."""

    def unbend(self, x: Array, y: Array, k: Array) -> tuple[Array, Array]:
        """Return points (B, N) moved by the inverse of `radial`."""

    def stretched(self, columns: Array, rows: Array) -> tuple[Array, Array]:
        """Return the sources where equal cells show parts of these widths, (B, n) int32 with sums below 2¹⁵."""

    def unstretched(self, x: Array, y: Array, columns: Array, rows: Array) -> tuple[Array, Array]:
        """Return points (B, N) moved by the inverse of `stretched`."""

    def rough(self, words: Array, weights: Array, gain: Array) -> Array:
        """Return a smooth random field of displacements, (B, H, W, 2) int32 in 2⁻²⁰ pixels: right, down.

        Args:
            words: (B, H, W, 1), of which each half is the uniform noise of one axis.
            weights: (B, R + 1) of the Gaussian that smoothes it along both axes, mirror border.
            gain: (B,) as `displacement_gain` returns it.
        """

    def displaced(self, field: Array) -> tuple[Array, Array]:
        """Return the sources p + d(p) of places p, d a `rough` field."""

    def undisplaced(self, x: Array, y: Array, field: Array) -> tuple[Array, Array]:
        """Return points (B, N) moved by the inverse of `displaced`: 16 steps towards q + d(q) = p."""


class Numbers(Protocol):
    """Pixel arithmetic in one of two systems; pixels are (B, H, W, C), parameters (B, 1, 1, 1) integers.

    Pixels and their differences know Python's + and −, comparisons, and products with small integers.
    """

    xp: Namespace

    def clamp(self, x: Array) -> Array:
        """Clamp to the value range (C3)."""

    def zero(self) -> Array | float:
        """Return the low end of the range."""

    def middle(self) -> Array | float:
        """Return the middle of the range."""

    def top(self) -> Array | float:
        """Return the high end of the range."""

    def times(self, difference: Array, factor: Array) -> Array:
        """Multiply a difference of pixels by a factor in 2⁻¹²."""

    def weigh(self, difference: Array, weight: Array) -> Array:
        """Multiply a difference of pixels by a weight in 2⁻¹⁵, at most 1."""

    def cover(self, x: Array, colour: Array, weight: Array) -> Array:
        """Return x + (colour − x)·weight, in 2⁻¹⁵; exactly the one or the other where the weight is 0 or 1."""

    def gain(self, difference: Array, factor: Array) -> Array:
        """Multiply a difference of pixels by a factor in 2⁻²⁰ below 2; the exact domain rounds it to 2⁻¹⁴."""

    def mix(self, x: Array, rows: Sequence[Sequence[float]]) -> Array:
        """Return the channels that the rows of a matrix make of three, from the range's low end; row sums up to 2.

        The exact domain rounds the entries, which are not negative, to 2⁻¹⁴.
        """

    def curve(self, x: Array, table: Array, formula: Callable[[Array], Array]) -> Array:
        """Return a curve of the pixels of the range.

        Args:
            x: pixels, clamped.
            table: (B, 257) its values in 1/65280 of the range, at the levels 0 … 255 and that of 255 again; the exact
                domain is linear between them.
            formula: the same curve from and to the unit range, for floats.
        """

    def unit(self, x: Array) -> Array:
        """Return which share of the range pixels are: a number to be given to `portion`."""

    def root(self, x: Array) -> Array:
        """Return the square root of the share of the range that pixels are: a number to be given to `portion`."""

    def portion(self, steps: Array, share: Array) -> Array:
        """Return a share, of each pixel, of an amount in 1/65280 of the range: in the same steps, for `noise`."""

    def share(self, amount: Array, part: Array, whole: Array) -> Array:
        """Return amount · part / whole, all differences of pixels with 0 ≤ part ≤ whole; 0 where the whole is 0."""

    def offset(self, steps: Array) -> Array:
        """Return an offset given in 1/65280 of the range, as a difference of pixels."""

    def level(self, x: Array) -> Array:
        """Return the nearest 8-bit levels, int32 0 … 255 (E6a)."""

    def of_level(self, levels: Array, like: Array) -> Array:
        """Return pixels that stand on 8-bit levels; not a number where `like` is none."""

    def unknown(self, x: Array) -> Array | None:
        """Return where a pixel is not a number (C13), (B, H, W, C) bool; None in integers, which all are numbers."""

    def grey(self, x: Array) -> Array:
        """Return BT.601 grey, (B, H, W, 1) (C4)."""

    def mean(self, x: Array) -> Array:
        """Return the mean over height and width, (B, 1, 1, C), exactly rounded in the exact domain (E5)."""

    def lowest(self, x: Array) -> Array:
        """Return the minimum over height and width, (B, 1, 1, C)."""

    def highest(self, x: Array) -> Array:
        """Return the maximum over height and width, (B, 1, 1, C)."""

    def histogram(self, levels: Array) -> Array:
        """Return how often each level occurs, (B, C, 256) int32."""

    def look_up(self, tables: Array, levels: Array) -> Array:
        """Return entries (B, H, W, C) of tables (B, n) or (B, C, n)."""

    def stretch(self, difference: Array, span: Array) -> Array:
        """Return zero + difference / span of the range, both differences of pixels, 0 ≤ difference ≤ span."""

    def power(self, x: Array, exponent: Array, table: Array) -> Array:
        """Return pixels of the range raised to an exponent in 2⁻¹²; `table` holds its powers of the levels."""

    def thirteenth(self, difference: Array) -> Array:
        """Return a thirteenth of a sum of differences of pixels."""

    def noise(self, std: Array, normal: Array) -> Array:
        """Return normal · std as a difference of pixels.

        Args:
            std: in 1/65280 of the range, of the sample or of each pixel (`portion`).
            normal: in 2⁻¹⁴.
        """

    def convolve(self, x: Array, weights: Array) -> Array:
        """Return x convolved along both axes with symmetric weights (B, R + 1) that sum to 2¹⁵, mirror border."""

    def correlate(self, x: Array, taps: Sequence[tuple[int, int]], weights: Array) -> Array:
        """Return the sum of every pixel's neighbours at static (down, right) taps, mirror border.

        Args:
            x: pixels.
            taps: K of them.
            weights: (B, K) of each sample, from 0, which sum to 2¹⁵; a neighbour of weight 0 is not read (C13).
        """

    def around(self, x: Array, radius: int) -> Callable[[int, int], Array]:
        """Return a function of (down, right) that gives every pixel's neighbour there, mirror border."""


class Noise(Protocol):
    """The random numbers of one op's pixels, one word per value or per pixel (R16)."""

    def words(self, *, per_channel: bool) -> Array:
        """Return words as int32, (B, H, W, C), or (B, H, W, 1) where the channels share one."""

    def at(self, counters: Array) -> Array:
        """Return the words of counters of one's own, (B or 1, …) from 0, as int32 (B, …)."""

    def uniform(self, *, per_channel: bool) -> Array:
        """Return uniform numbers of the range, 0 … 65280 in 1/65280 of it, (B, H, W, C) or (B, H, W, 1)."""

    def normal(self, *, per_channel: bool) -> Array:
        """Return standard normals in 2⁻¹⁴, (B, H, W, C), or (B, H, W, 1) where the channels share one."""

    def clouds(self, layers: Array) -> Array:
        """Return smooth noise that goes from 0 to 2¹⁵ over the image, (B, H, W) int32.

        Args:
            layers: (B, K, 1, …) how strong layers of ever finer cells are, in 2⁻²⁴ with sum 2²⁴.
        """
