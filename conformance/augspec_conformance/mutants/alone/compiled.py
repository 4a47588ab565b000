"""Faults between modes, and inside of the user's own compiled functions."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from augspec_conformance.mutants.alone.fault import alone

__all__ = ["MUTANTS"]


def _on_jax(name: str) -> Callable[[], Any]:
    """Return a factory that imports the framework when it is called, and not before."""

    def make() -> Any:
        return getattr(import_module("augspec_conformance.mutants.on_jax"), name)()

    return make


MUTANTS = (
    alone(
        "M156",
        "loses a level where it warps op by op, once a warp was compiled",
        "Who turns compilation off to look at a step sees another one.",
        _on_jax("DarkensOnceCompiled"),
        "C1",
        base="jax",
    ),
    alone(
        "M157",
        "bakes the first key into the compiled function, but no ids",
        "Every epoch augments like the first.",
        _on_jax("BakesSeed"),
        "C3",
        base="jax",
    ),
    alone(
        "M158",
        "makes contrasts a level brighter inside of the user's compiled functions",
        "A training step that holds the augmentation trains on brighter pictures than one that follows it.",
        _on_jax("BrightensInside"),
        "C9",
        base="jax",
    ),
)
