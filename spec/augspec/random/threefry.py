"""R1: Threefry-2x32 with 20 rounds, on int32 lanes with wrap-around, in any namespace.

Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC'11; constants and word order as in Random123.
Signed lanes need a mask after the right shift of a rotation; compilers fold it away.
"""

from __future__ import annotations

from augspec.namespace import Array, Namespace

__all__ = ["threefry"]

_ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
_PARITY = 0x1BD11BDA


def threefry(xp: Namespace, k0: Array, k1: Array, x0: Array, x1: Array) -> tuple[Array, Array]:
    """Return the two output words of one hash.

    Args:
        xp: the namespace.
        k0: first key word, int32 of any shape.
        k1: second key word.
        x0: first counter word; all four broadcast against each other.
        x1: second counter word.
    """
    own = getattr(xp, "threefry", None)
    found = None if own is None else own(k0, k1, x0, x1)
    if found is not None:
        first, second = found
        return first, second
    keys = (k0, k1, xp.bitxor(xp.bitxor(k0, k1), _PARITY))
    x0, x1 = x0 + keys[0], x1 + keys[1]
    for block in range(5):
        for turn in _ROTATIONS[block % 2]:
            x0 = x0 + x1
            rotated = xp.bitor(xp.shl(x1, turn), xp.bitand(xp.shr(x1, 32 - turn), (1 << turn) - 1))
            x1 = xp.bitxor(rotated, x0)
        x0 = x0 + keys[(block + 1) % 3]
        x1 = x1 + keys[(block + 2) % 3] + (block + 1)
    return x0, x1
