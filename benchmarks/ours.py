"""Our side of a pairing: the workload's policy, compiled for one backend."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.workloads import Samples, Workload

SEED = 2024


def on_framework(backend: str, batch: npt.NDArray[Any]) -> Any:
    """Hand an array to the backend's own type, outside the timed part."""
    if backend == "torch":
        return importlib.import_module("torch").from_numpy(batch.copy())
    if backend == "tensorflow":
        return importlib.import_module("tensorflow").constant(batch)
    if backend == "jax":
        return importlib.import_module("jax.numpy").asarray(batch)
    return batch


def make(backend: str, samples: Samples, *, work: Workload, stand_in: bool = False) -> Callable[[int], Any]:
    """Compile the policy; the callable folds the step into the key, so that every call draws anew.

    It gives images, or a dict of them and of what moves with them; on the host images alone, one stacked batch.

    Args:
        backend: Name of the augspec backend, or name:mode; without a mode the road that users get by default.
        samples: Images (B, H, W, C) or (B, C, H, W), uint8, and the targets of the workload.
        work: The workload whose policy is compiled.
        stand_in: Time a bare copy of the batch instead: the floor under any uint8 augmentation.
    """
    backend, _, mode = backend.partition(":")
    batch = samples["image"]
    if stand_in:
        return lambda step: batch + (step & 1 == 0)
    augspec = importlib.import_module("augspec")
    augment = augspec.compile(
        augspec.loads(json.dumps(work.policy)),
        backend=backend,
        layout="NHWC" if batch.shape[-1] == 3 else "NCHW",
        mode=mode or "auto",
    )
    if backend == "host":  # as a data-loader's worker sees it: one sample at a time, on one core

        def one_by_one(step: int) -> Any:
            own = augspec.Key(SEED).fold(step)
            if not work.targets:
                return np.stack([augment(own, image, index) for index, image in enumerate(batch)])
            singles = ({name: array[index] for name, array in samples.items()} for index in range(len(batch)))
            return np.stack([augment(own, one, index)["image"] for index, one in enumerate(singles)])

        return one_by_one
    native = {name: on_framework(backend, array) for name, array in samples.items()}
    given, key, index = (native if work.targets else native["image"]), augspec.Key(SEED), np.arange(len(batch))
    if mode == "host" and backend in _FUNCTIONS:
        words, function = _FUNCTIONS[backend](augment)
        return lambda step: function(words(key.fold(step)), given, index)
    return lambda step: augment(key.fold(step), given, index=index)


def _in_jit(augment: Any) -> tuple[Callable[[Any], Any], Callable[..., Any]]:
    """Return what makes a key's words an array, and the augmenter inside of a jitted function, as in a train step."""
    jax = importlib.import_module("jax")
    return lambda key: key.words().view(np.uint32), jax.jit(augment)


def _in_graph(augment: Any) -> tuple[Callable[[Any], Any], Callable[..., Any]]:
    tf = importlib.import_module("tensorflow")
    return lambda key: tf.constant(key.words()), tf.function(augment.__call__)


_FUNCTIONS = {"jax": _in_jit, "tensorflow": _in_graph}
"""Where the host engine is called back from a program of the framework's, which is slower than to call it at once."""
