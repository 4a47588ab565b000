"""Faults that only a framework makes possible; each sits on the real backend of that framework."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
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
        "M69j",
        "DeniesGradients",
        "claims no gradients, but lets them flow",
        "Who trusts the table keeps a graph in memory for nothing.",
        ("J6",),
    ),
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
        "M61w",
        "CompilesForWideIds",
        "compiles again when the first id of 33 bits comes along",
        "A training run stands still in the middle of an epoch.",
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
        ("P3",),
    ),
    _mutant(
        "torch",
        "M62t",
        "CompiledIsEager",
        "runs eagerly in the compiled mode",
        "Ten times slower than promised, with the right results.",
        ("C2",),
        "compiled",
    ),
    _mutant(
        "torch",
        "M62u",
        "BreaksGraph",
        "compiles around the pixels, with a break in the graph",
        "The compiler sees two additions.",
        ("C4",),
        "compiled",
    ),
    _mutant(
        "torch",
        "M61t",
        "CompilesAgain",
        "compiles again at every call",
        "Seconds per batch, with the right results.",
        ("C2",),
        "compiled",
    ),
    _mutant(
        "torch",
        "M65t",
        "DoublesGradients",
        "gives twice the gradient",
        "Whatever comes before the augmentation learns at another rate.",
        ("C10",),
    ),
    replace(
        _mutant(
            "torch",
            "M65v",
            "LosesGradientsOfChoices",
            "compiled, lets no gradient through a choice",
            "What stands before a choice is trained with zeros, in the fast mode alone.",
            ("C10",),
            "compiled",
        ),
        tier="full",  # it compiles a choice
    ),
    _mutant(
        "torch",
        "M65u",
        "WritesGrad",
        "writes the caller's `.grad`",
        "An optimiser steps where nobody asked for it.",
        ("C10",),
    ),
    _mutant(
        "torch",
        "M66t",
        "FollowsPrecision",
        "follows the precision of matrix products",
        "A switch for the model changes the data.",
        ("C12",),
    ),
    _mutant(
        "torch",
        "M71t",
        "WorkerNumber",
        "counts the samples of a worker",
        "Results depend on the number of workers and on the order.",
        ("C7",),
    ),
    _mutant(
        "torch",
        "M17t",
        "ForgetsOptions",
        "forgets its options in a pickle",
        "Workers that are spawned see other axes.",
        ("C11",),
    ),
    _mutant(
        "jax",
        "M62j",
        "CompiledIsEager",
        "runs op by op in the compiled mode, on the host's draws",
        "Slow, and nobody is told.",
        ("C2",),
        "compiled",
    ),
    _mutant(
        "jax",
        "M62k",
        "CallsPython",
        "calls back into Python from the compiled function",
        "Accelerators wait for the host at every step.",
        ("C4",),
        "compiled",
    ),
    _mutant(
        "jax",
        "M64",
        "TakesMemory",
        "takes the memory of its inputs",
        "The data set is gone after the first epoch.",
        ("C6",),
        "compiled",
    ),
    _mutant(
        "jax",
        "M66j",
        "FollowsPrecision",
        "computes otherwise with 64 bits switched on",
        "A switch for the model changes the data.",
        ("C12",),
        "compiled",
    ),
    _mutant(
        "jax",
        "M65j",
        "PermutesGradients",
        "gives the gradient of the picture upside down",
        "Whatever comes before the augmentation learns nonsense.",
        ("C10",),
        "compiled",
    ),
    _mutant(
        "tensorflow",
        "M62f",
        "CompiledIsEager",
        "compiles nothing in any mode",
        "A hundred times slower, with the right results.",
        ("C2",),
        "compiled",
    ),
    _mutant(
        "tensorflow",
        "M62g",
        "CompiledIsGraph",
        "makes a plain graph where XLA was promised",
        "Several times slower, with the right results.",
        ("C4",),
        "compiled",
    ),
    _mutant(
        "tensorflow",
        "M61f",
        "RetracesPerKey",
        "takes the key as Python numbers",
        "Every step is traced anew.",
        ("C2",),
        "graph",
    ),
    _mutant(
        "tensorflow",
        "M62h",
        "CallsPython",
        "calls back into Python from its graphs",
        "Graphs cannot be saved or sent to another host.",
        ("C4",),
        "graph",
    ),
    _mutant(
        "tensorflow",
        "M12f",
        "StatefulNoise",
        "reads the global generator in its graphs",
        "Everybody else's randomness changes.",
        ("C4",),
        "graph",
    ),
    _mutant(
        "tensorflow",
        "M15f",
        "CountsCalls",
        "keeps a variable in its graphs",
        "Graphs cannot be run by several devices at once.",
        ("C4",),
        "graph",
    ),
    _mutant(
        "tensorflow",
        "M10f",
        "PassesThrough",
        "hands the caller's memory back where nothing changed",
        "Changing the result in place changes the data set.",
        ("P3",),
    ),
    _mutant(
        "tensorflow",
        "M66f",
        "BatchNumbers",
        "counts from zero where the size of the batch is unknown",
        "Every batch of a data set draws the same.",
        ("C7",),
    ),
    _mutant(
        "tensorflow",
        "M65f",
        "StopsGradients",
        "lets half of the gradient through",
        "Whatever comes before the augmentation learns at another rate.",
        ("C10",),
    ),
)
