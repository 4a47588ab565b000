"""Parameters that are known before a pixel is: XLA on the CPU would compute them anew for each one that reads them."""

from __future__ import annotations

from collections.abc import Mapping

import jax
import jax.numpy as jnp
from jax import lax

from augspec.namespace import Array, Namespace
from augspec_backends.generic.pipeline import Runner
from augspec_backends.jax.namespace import is_traced

__all__ = ["Settled", "settled"]


class Settled(Runner):
    """The functions of a pipeline, with draws and what is prepared from them set apart from the pixels.

    Small tables, such as the levels of `gamma`, otherwise end up within the loops over pixels, with all their powers.
    """

    def everything(
        self, xp: Namespace, key: Array, id_lo: Array, id_hi: Array | None, arrays: Mapping[str, Array]
    ) -> dict[str, Array]:
        """Draw, prepare and apply in one function; where it is traced, the first two before the last."""
        if not is_traced(id_lo) or id_lo.shape[0] == 0:
            return super().everything(xp, key, id_lo, id_hi, arrays)
        first = id_lo.reshape(-1)[0]
        never = (first & 1) == 2  # XLA does not know, and on the CPU it expands its own barrier away

        def prepared() -> dict[str, Array]:
            return dict(self.prepare(xp, self.draw(xp, key, id_lo, id_hi), id_lo * 0))

        def nothing(kind: jax.ShapeDtypeStruct) -> Array:
            return jnp.full(kind.shape, (first * 0).astype(kind.dtype))

        kinds = jax.eval_shape(prepared)
        # Both ends come of the ids: on the devices of a `shard_map` they differ alike, as it wants them to.
        params = lax.cond(
            never,
            lambda: {name: nothing(kind) for name, kind in kinds.items()},
            lambda: {name: jnp.where(never, nothing(kinds[name]), x) for name, x in prepared().items()},
        )
        return self.pixels(xp, params, arrays)


def settled(runner: Runner) -> Settled:
    """Return a runner's functions with parameters set apart."""
    return Settled(runner.pipeline, runner.signature, runner.options)
