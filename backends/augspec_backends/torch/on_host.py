"""The mode `host`: tensors on the CPU go through the host engine, over the same memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch.autograd import forward_ad

from augspec.namespace import Array
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.backend import Keys
from augspec_backends.generic.pipeline import Runner
from augspec_backends.host.backend import Backend
from augspec_backends.numpy.namespace import dtype_of

__all__ = ["goes", "run", "run_draws"]

_ENGINE = Backend()


def goes(arrays: Mapping[str, Array]) -> bool:
    """Return whether the engine can take tensors: they lie on the CPU, and no derivative is to flow through them."""
    return not any(x.device.type != "cpu" or _flows(x) for x in arrays.values())


def _flows(x: Array) -> bool:
    """Return whether a gradient flows back through a tensor, or a tangent forward."""
    if not x.is_floating_point():
        return False
    tangent = forward_ad.unpack_dual(x).tangent  # type: ignore[no-untyped-call]
    return (x.requires_grad and torch.is_grad_enabled()) or tangent is not None


def run(augmenter: Augmenter, runner: Runner, keys: Keys, arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Return the results for drawn parameters, as the host engine's backend does."""
    found = _ENGINE.run(augmenter, runner, _ENGINE.namespace({}), keys, True, _over(arrays))
    return _tensors(found)


def run_draws(
    augmenter: Augmenter,
    runner: Runner,
    draws: Mapping[str, np.ndarray],
    zeros: np.ndarray,
    arrays: Mapping[str, Array],
) -> dict[str, Array]:
    """Return the results for given draws."""
    xp = _ENGINE.namespace({})
    return _tensors(_ENGINE.run_draws(augmenter, runner, xp, draws, zeros, True, _over(arrays)))


def _over(arrays: Mapping[str, Array]) -> dict[str, np.ndarray]:
    """Return NumPy arrays over the same memory; NumPy knows bfloat16 only as a type of ml_dtypes."""
    return {
        name: x.detach().view(torch.int16).numpy().view(dtype_of("bfloat16"))
        if x.dtype == torch.bfloat16
        else x.detach().numpy()
        for name, x in arrays.items()
    }


def _tensors(found: Mapping[str, np.ndarray]) -> dict[str, Any]:
    return {
        name: torch.from_numpy(x.view(np.int16)).view(torch.bfloat16)
        if x.dtype.name == "bfloat16"
        else torch.from_numpy(x)
        for name, x in found.items()
    }
