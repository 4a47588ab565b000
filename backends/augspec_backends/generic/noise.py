"""Noise: one counter-based word per value, and the table normal (R14, R16)."""

from __future__ import annotations

from dataclasses import dataclass

from augspec.namespace import Array, Namespace
from augspec.random.keys import words_of
from augspec.random.maps import fraction24, share
from augspec.random.tables import normal_table
from augspec_backends.generic.clouds import clouds

__all__ = ["Field", "normal"]


def normal(xp: Namespace, word: Array) -> Array:
    """Return a standard normal in 2⁻¹⁴ from a word: sign in bit 0, magnitude from a log-linear table, |z| ≤ 5.42."""
    m = xp.bitand(xp.shr(word, 9), 0x7FFFFF) * 2 + 1
    octave = m * 0 + 23
    for bits in (16, 8, 4, 2, 1):
        small = m < (1 << (24 - bits))
        m = xp.where(small, xp.shl(m, bits), m)
        octave = xp.where(small, octave - bits, octave)
    mantissa = xp.bitand(m, 0x7FFFFF)
    i, f = octave * 128 + xp.shr(mantissa, 16), xp.bitand(mantissa, 0xFFFF)
    table = xp.constant(normal_table())
    left = xp.take(table, i)
    z = left - xp.shr((left - xp.take(table, i + 1)) * f + 32768, 16)
    return xp.where(xp.bitand(word, 1) == 1, -z, z)


@dataclass(frozen=True)
class Field:
    """The random numbers of one op's pixels; value d = (row·W + column)·C + channel, whatever the layout.

    In frame t of a stack d goes on where frame t − 1 ended, as if the frames stood one below the other.

    Attributes:
        xp: the namespace.
        key: (B, 3) int32: the two words of K2 and the low word of the sample id; a fourth one is t.
        shape: (H, W, C) of the canvas that the op sees.
    """

    xp: Namespace
    key: Array
    shape: tuple[int, ...]

    def words(self, *, per_channel: bool) -> Array:
        """Return words as int32, (B, H, W, C), or (B, H, W, 1) where the channels share one."""
        xp, key = self.xp, self.key
        height, width, channels = self.shape
        channels = channels if per_channel else 1
        count = height * width * channels
        d = xp.reshape(xp.arange(count), (1, count))
        if xp.shape(key)[1] == 4:
            d = d + key[:, 3:4] * count
        flat = xp.materialise(
            lambda: words_of(xp, key[:, 0:1], key[:, 1:2], key[:, 2:3], d), key[:, :1] * 0, (count,), "int32"
        )
        return xp.reshape(flat, (-1, height, width, channels))

    def at(self, counters: Array) -> Array:
        """Return the words of counters of the op's own, (B or 1, …) int32 from 0, as int32 (B, …)."""
        xp = self.xp
        ones = (1,) * (len(xp.shape(counters)) - 1)
        first, second, low = (xp.reshape(self.key[:, i], (-1, *ones)) for i in range(3))
        return words_of(xp, first, second, low, counters)

    def uniform(self, *, per_channel: bool) -> Array:
        """Return ⌊k · 65281 / 2²⁴⌋ of each word's 24 high bits k: 0 … 65280, (B, H, W, C) or (B, H, W, 1)."""
        return share(self.xp, fraction24(self.xp, self.words(per_channel=per_channel)), 65281)

    def normal(self, *, per_channel: bool) -> Array:
        """Return standard normals in 2⁻¹⁴, (B, H, W, C), or (B, H, W, 1) where the channels share one."""
        return normal(self.xp, self.words(per_channel=per_channel))

    def clouds(self, layers: Array) -> Array:
        """Return smooth noise from 0 to 2¹⁵, (B, H, W) int32; strengths of layers (B, K, 1, …) in 2⁻²⁴, sum 2²⁴."""
        height, width, _ = self.shape
        return clouds(self.xp, self.at, layers, height, width)
