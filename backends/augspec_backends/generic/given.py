"""Draws that a caller hands over, checked before any work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from augspec.draws import Draws
from augspec.errors import SampleError
from augspec.language.quantities import QUANTITIES
from augspec.plan.program import Draw

if TYPE_CHECKING:
    from augspec_backends.generic.backend import GenericBackend

__all__ = ["check_draws"]


def check_draws(draws: Any, program: tuple[Draw, ...], backend: GenericBackend) -> None:
    """Refuse what a policy cannot have drawn.

    Args:
        draws: what the caller gave.
        program: what the policy draws.
        backend: whose arrays the draws may hold.

    Raises:
        SampleError: no `Draws`; other paths, quantities, dtypes or shapes; or, where values can be looked at, numbers
            outside of the quantity's domain.
    """
    if not isinstance(draws, Draws):
        raise SampleError("draws", "an augspec.Draws, as draw() and Draws.from_json() return", type(draws).__name__)
    wanted = {entry.path for entry in program}
    if set(draws) != wanted:
        odd = sorted(set(draws) ^ wanted)
        raise SampleError("draws", "the draws of this policy", f"differing paths {', '.join(odd[:3])}")
    for entry in program:
        array, path = draws[entry.path], f"draws[{entry.path!r}]"
        if draws.quantities[entry.path] != entry.quantity:
            raise SampleError(path, f"the quantity {entry.quantity}", draws.quantities[entry.path])
        shape = (draws.batch,) if entry.entries is None else (draws.batch, entry.entries)
        if not isinstance(array, np.ndarray) and not backend.owns(array):
            raise SampleError(path, f"an int32 array of shape {shape}", type(array).__name__)
        facts = (tuple(array.shape), str(getattr(array.dtype, "name", array.dtype)).removeprefix("torch."))
        if facts != (shape, "int32") and None not in facts[0]:
            raise SampleError(path, f"int32 of shape {shape}", f"{facts[1]} of shape {facts[0]}")
        if isinstance(array, np.ndarray) or backend.concrete(array):
            _check_range(path, entry, array if isinstance(array, np.ndarray) else backend.to_host(array))


def _check_range(path: str, entry: Draw, values: np.ndarray) -> None:
    quantity = QUANTITIES[entry.quantity]
    if quantity.name == "partner" and not np.array_equal(np.sort(values), np.arange(len(values))):
        raise SampleError(path, "each row of the batch once", values.tolist())
    if quantity.name == "words" or values.size == 0:
        return
    low, high = quantity.quantise(quantity.low), quantity.quantise(quantity.high)
    wrong = values[(values < low) | (values > high)]
    if wrong.size:
        raise SampleError(path, f"{quantity.name} in steps from {low} to {high}", int(wrong.flat[0]))
