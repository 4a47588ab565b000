"""An op of one's own, written once for every backend: faded blacks, as on old film.

Once the package is installed, a policy may say `{"op": "film.lift", "amount": {"uniform": [0, 0.3]}}`.
"""

from collections.abc import Mapping
from typing import ClassVar, Literal

from augspec.language.parameters import Share
from augspec.namespace import Array, Numbers
from augspec.ops.base import PointwiseOp

__all__ = ["Lift"]


class Lift(PointwiseOp):
    """Bring every channel nearer to white: x + (1 − x)·amount in the unit range."""

    op: Literal["film.lift"]
    monotone: ClassVar[bool] = True
    amount: Share
    """0 changes nothing, 1 gives white."""

    def pixels(self, x: Array, draw: Mapping[str, Array], m: Numbers) -> Array:
        """Return x + (top − x)·amount; the amount comes in 2⁻²⁴, a weight has 15 bits."""
        return x + m.weigh(m.top() - x, m.xp.shr(draw["amount"] + 256, 9))
