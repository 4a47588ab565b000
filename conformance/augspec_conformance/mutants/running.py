"""Hooks around a backend's own work, for variants that change how it is run and not what is computed."""

# ruff: noqa: FBT001
# The signatures are those of the real backend.

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from augspec.namespace import Array, Namespace
from augspec.plan.stages import Mix
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.backend import Keys
from augspec_backends.generic.pipeline import Runner
from augspec_conformance.mutants.faulty import Hooks, Values

__all__ = ["Go", "Running", "Work", "mixes"]

Go = Callable[[Any, Mapping[str, Array]], Values]
"""Does the work: on keys (or drawn parameters) and arrays."""


@dataclass(frozen=True)
class Work:
    """What is being run.

    Attributes:
        augmenter: whose call it is.
        runner: the pipeline for one signature.
        xp: the namespace of the arrays.
        on_host: whether keys and ids are the host's.
    """

    augmenter: Augmenter
    runner: Runner
    xp: Namespace
    on_host: bool

    @property
    def mode(self) -> str:
        """Return the mode."""
        return str(self.augmenter.options.mode)

    @property
    def apart(self) -> bool:
        """Return whether each sample can be worked on by itself: none is mixed with others of its batch."""
        return not mixes(self.runner)


def mixes(runner: Runner) -> bool:
    """Return whether a pipeline mixes samples of a batch."""
    return any(isinstance(stage, Mix) for stage in runner.pipeline.fused.stages)


class Running(Hooks):
    """A mixin whose two hooks stand around `run` and `run_pixels`; put it before the backend."""

    def running(self, go: Go, work: Work, keys: Keys, arrays: Mapping[str, Array]) -> Values:
        """Draw and apply; `go(keys, arrays)` does it."""
        return go(keys, arrays)

    def moving(self, go: Go, work: Work, params: Mapping[str, Array], arrays: Mapping[str, Array]) -> Values:
        """Apply what was prepared; `go(params, arrays)` does it."""
        return go(params, arrays)

    def run(
        self,
        augmenter: Augmenter,
        runner: Runner,
        xp: Namespace,
        keys: Keys,
        on_host: bool,
        arrays: Mapping[str, Array],
    ) -> Values:
        """Run the pipeline through the hook."""
        real = super().run

        def go(some: Keys, given: Mapping[str, Array]) -> Values:
            return real(augmenter, runner, xp, some, on_host, given)

        return self.running(go, Work(augmenter, runner, xp, on_host), keys, arrays)

    def run_pixels(
        self,
        augmenter: Augmenter,
        runner: Runner,
        xp: Namespace,
        params: Mapping[str, Array],
        arrays: Mapping[str, Array],
    ) -> Values:
        """Run the pixels through the hook."""
        real = super().run_pixels

        def go(some: Mapping[str, Array], given: Mapping[str, Array]) -> Values:
            return real(augmenter, runner, xp, some, given)

        return self.moving(go, Work(augmenter, runner, xp, on_host=False), params, arrays)
