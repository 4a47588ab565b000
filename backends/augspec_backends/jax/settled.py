"""Parameters that are known before a pixel is: XLA on the CPU would compute them anew for each one that reads them."""

from __future__ import annotations

from collections.abc import Mapping

import jax
import jax.numpy as jnp
from jax import lax

from augspec.namespace import Array, Namespace
from augspec_backends.generic.pipeline import Runner
from augspec_backends.jax.namespace import is_traced

__all__ = ["everything"]


def everything(
    runner: Runner, xp: Namespace, key: Array, id_lo: Array, id_hi: Array | None, arrays: Mapping[str, Array]
) -> dict[str, Array]:
    """Draw, prepare and apply in one function; where it is traced, the first two before the last.

    Small tables, such as the levels of `gamma`, otherwise end up within the loops over pixels, with all their powers.
    """
    if not is_traced(id_lo) or id_lo.shape[0] == 0:
        return runner.everything(xp, key, id_lo, id_hi, arrays)
    first = id_lo.reshape(-1)[0]
    never = (first & 1) == 2  # XLA does not know, and on the CPU it expands its own barrier away

    def prepared() -> dict[str, Array]:
        return dict(runner.prepare(xp, runner.draw(xp, key, id_lo, id_hi), id_lo * 0))

    def nothing(kind: jax.ShapeDtypeStruct) -> Array:
        return jnp.full(kind.shape, (first * 0).astype(kind.dtype))

    kinds = jax.eval_shape(prepared)
    # Both ends come of the ids: on the devices of a `shard_map` they differ alike, as it wants them to.
    params = lax.cond(
        never,
        lambda: {name: nothing(kind) for name, kind in kinds.items()},
        lambda: {name: jnp.where(never, nothing(kinds[name]), x) for name, x in prepared().items()},
    )
    return runner.pixels(xp, params, arrays)
