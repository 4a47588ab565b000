"""Faults that only a framework makes possible; each sits on the real backend of that framework."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


def _on(framework: str, name: str) -> Callable[[], Any]:
    """Return a factory that imports the framework when it is called, and not before."""

    def make() -> Any:
        return getattr(import_module(f"augspec_conformance.mutants.on_{framework}"), name)()

    return make


def _mutant(
    base: str, number: str, name: str, title: str, wrong: str, killers: tuple[str, ...], mode: str = "eager"
) -> Mutant:
    return Mutant(number, "framework", title, wrong, _on(base, name), killers, base=base, modes=(mode,))


MUTANTS = (
    _mutant(
        "torch",
        "M03",
        "WritesThroughData",
        "writes into the input through `.data`",
        "The second epoch augments the first one's results, and autograd does not notice.",
        ("P1",),
    ),
    _mutant(
        "torch",
        "M06t",
        "ReturnsUnchanged",
        "returns the input tensor where nothing was applied",
        "Changing the result in place changes the data set.",
        ("P3",),
    ),
    _mutant(
        "torch",
        "M08t",
        "ReusesBuffer",
        "reuses one output tensor over calls",
        "A list of batches holds the last batch many times.",
        ("P4",),
    ),
    _mutant(
        "torch",
        "M12t",
        "GlobalGenerator",
        "draws from torch's global generator",
        "Results depend on whatever else ran before.",
        ("P7", "K1", "P10"),
    ),
    _mutant(
        "torch",
        "M13t",
        "Reseeds",
        "reseeds torch's global generator",
        "Everybody else's randomness repeats with every batch.",
        ("P8",),
    ),
    _mutant(
        "torch",
        "M14t",
        "LeavesGradOff",
        "leaves gradients switched off",
        "The model stops learning.",
        ("P9", "P8"),
    ),
    _mutant(
        "torch",
        "M65",
        "LosesGradients",
        "claims gradients and gives zeros",
        "Whatever comes before the augmentation does not learn.",
        ("C10",),
    ),
    _mutant(
        "torch",
        "M66",
        "FollowsContext",
        "draws otherwise in inference mode",
        "Evaluation does not see what training saw.",
        ("C10",),
    ),
    _mutant(
        "jax",
        "M60",
        "BakesKey",
        "bakes the first key into the compiled function",
        "Every step augments like the first.",
        ("C3",),
        "compiled",
    ),
    _mutant(
        "jax",
        "M61",
        "CompilesAgain",
        "compiles again at every call",
        "A hundred times slower, with the right results.",
        ("C2",),
        "compiled",
    ),
    _mutant(
        "jax",
        "M62",
        "FallsBack",
        "runs op by op in the compiled mode",
        "Slow, and nobody is told.",
        ("C4", "C2"),
        "compiled",
    ),
    _mutant(
        "jax",
        "M63",
        "TruncatesCompiled",
        "truncates in the compiled mode only",
        "Training and debugging see different pixels.",
        ("C1", "N1"),
        "compiled",
    ),
    _mutant(
        "jax",
        "M10",
        "KeepsReference",
        "aliases the caller's NumPy memory",
        "Changing the buffer after the call changes the result.",
        ("P5",),
    ),
)
