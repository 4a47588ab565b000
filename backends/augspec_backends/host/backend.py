"""The host engine: NumPy arrays in and out, and in between one function of machine code for each kind of sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from augspec.namespace import Array, Namespace
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.backend import Keys
from augspec_backends.generic.inputs import with_draws, with_keys
from augspec_backends.generic.options import Capabilities
from augspec_backends.generic.pipeline import Runner
from augspec_backends.host.call import call_for, knows
from augspec_backends.host.capabilities import CAPABILITIES
from augspec_backends.numpy.backend import Backend as NumpyBackend

__all__ = ["Backend"]


class Backend(NumpyBackend):
    """NumPy arrays on the host, sample after sample: what the NumPy backend computes, compiled by LLVM.

    A batch of more than a megabyte is shared among as many threads as `OMP_NUM_THREADS` says, or else as this process
    may use processors; in a process that another one started to work for it, such as a loader's worker, one.

    Exact moves of images and masks of which LLVM knows no type, such as complex numbers, are left to NumPy.
    """

    name: ClassVar[str] = "host"
    capabilities: ClassVar[Capabilities] = CAPABILITIES

    def run(
        self,
        augmenter: Augmenter,
        runner: Runner,
        xp: Namespace,
        keys: Keys,
        on_host: bool,
        arrays: Mapping[str, Array],
    ) -> dict[str, Array]:
        if not knows(runner):
            return super().run(augmenter, runner, xp, keys, on_host, arrays)
        given = with_keys(keys, arrays)
        return call_for(augmenter, runner, given)(given)

    def run_draws(
        self,
        augmenter: Augmenter,
        runner: Runner,
        xp: Namespace,
        draws: Mapping[str, Array],
        zeros: Array,
        on_host: bool,
        arrays: Mapping[str, Array],
    ) -> dict[str, Array]:
        if not knows(runner):
            return super().run_draws(augmenter, runner, xp, draws, zeros, on_host, arrays)
        given = with_draws({path: np.asarray(array, np.int32) for path, array in draws.items()}, zeros, arrays)
        return call_for(augmenter, runner, given)(given)
