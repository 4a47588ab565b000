"""C: compiled modes compute what eager mode computes, and are really compiled."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from augspec_conformance.cases.catalogue import CORE_FLOAT, CORE_INTEGER, grid
from augspec_conformance.cases.probes import sample_of
from augspec_conformance.cases.signatures import SIGNATURES
from augspec_conformance.law import Case, Law, require
from augspec_conformance.laws.shape import require_alike, require_results_alike
from augspec_conformance.subject import Subject

__all__ = ["LAWS"]


def _compiles(subject: Subject, case: Case) -> str:
    del case
    return "" if subject.mode != "eager" and "eager" in subject.capabilities.modes else "not a compiled mode"


def _as_eager(subject: Subject, case: Case) -> None:
    require_results_alike(
        case, subject.call(case), subject.sibling("eager").call(case), f"{subject.mode} against eager"
    )


def _key_is_input(subject: Subject, case: Case) -> None:
    for key in (case.key, case.key ^ 0xFFFF_0000_FFFF, 3):
        one = case.with_(key=key)
        require_results_alike(
            case, subject.call(one), subject.sibling("eager").call(one), f"key {key}, compiled with another key"
        )


@contextmanager
def _python_runs() -> Iterator[list[int]]:
    """Count how often the Python code of the pixels runs: in a compiled function, only while it is traced."""
    from augspec_backends.generic.pipeline import Runner

    count, original = [0], Runner.pixels

    def counted(self: Any, *args: Any, **kwargs: Any) -> Any:
        count[0] += 1
        return original(self, *args, **kwargs)

    Runner.pixels = counted  # type: ignore[method-assign]
    try:
        yield count
    finally:
        Runner.pixels = original  # type: ignore[method-assign]


def _no_retrace(subject: Subject, case: Case) -> None:
    subject.call(case)
    before = subject.adapter.compilations()
    others = [
        case.with_(key=case.key ^ 5),
        case.with_(ids=tuple(i + 1 for i in subject.ids(case))),
        case.with_(probe_seed=3),
    ]
    if subject.cost == "dear":  # Dynamo counts, and would see the counting wrapper itself
        for other in others:
            subject.call(other)
    else:
        with _python_runs() as runs:
            for other in others:
                subject.call(other)
        require(runs[0] == 0, "the Python code ran again in a compiled mode", expected=0, got=runs[0])
    after = subject.adapter.compilations()
    require(after == before, "another key, other ids or other pixels made it compile again", expected=before, got=after)
    if before is not None:
        fresh = Subject(subject.backend, subject.mode)
        fresh.call(case)
        now = subject.adapter.compilations()
        require(
            subject.cost == "dear" or now != after,
            "a new function compiled nothing: the mode is not real",
            expected=f"more than {after}",
            got=now,
        )


def _nests(which: str) -> Any:
    def needs(subject: Subject, case: Case) -> str:
        del case
        found = [name for name in subject.adapter.nestings() if (name == "tf.data") == (which == "pipelines")]
        return "" if found else f"no {which} known for {subject.adapter.FRAMEWORK}"

    return needs


def _nested(subject: Subject, case: Case) -> None:
    sample = sample_of(case)
    native, expected = subject.native(case, sample), subject.call(case, sample)
    pipelines = case.context["which"] == "pipelines"
    for name, run in subject.adapter.nestings().items():
        if (name == "tf.data") == pipelines:
            out = subject.numpy(case, run(subject.of(case), case.key, native, subject.ids(case)))
            require_results_alike(case, out, expected, f"inside {name}")


def _contexts(subject: Subject, case: Case) -> None:
    sample = sample_of(case)
    expected = subject.call(case, sample)
    for name, enter in subject.adapter.contexts().items():
        native = subject.native(case, sample)
        with enter():
            out = subject.of(case)(subject.key(case), native, subject.ids(case))
        require_results_alike(case, subject.numpy(case, out), expected, f"in the context {name!r}")


def _differentiable(subject: Subject, case: Case) -> None:
    sample = sample_of(case)
    native = subject.native(case, sample)
    result = subject.adapter.gradient(subject.of(case), subject.key(case), native["image"], subject.ids(case))
    require(result is not None, "no gradient reached the image")
    assert result is not None
    out, gradient = result
    require_alike(
        case,
        subject.numpy(case, {"image": out})["image"],
        subject.call(case, {"image": sample["image"]})["image"],
        "with gradients",
    )
    values = subject.adapter.to_numpy(gradient)
    require(
        values.shape == sample["image"].shape and bool(np.isfinite(values).all()) and bool(values.any()),
        "the gradient of the sum",
        expected="finite, not all zero",
        got=float(np.nan_to_num(values).sum()),
    )


def _c10(subject: Subject, case: Case) -> None:
    (_differentiable if case.context.get("gradient") else _contexts)(subject, case)


def _claims_gradient(subject: Subject, case: Case) -> str:
    if not case.context.get("gradient"):
        return ""
    if not subject.capabilities.differentiable:
        return f"{subject.name} claims no gradients"
    return "" if not SIGNATURES[case.signature].integer else "integers have no gradients"


_FEW = ("op:rotate", "mix:train", "mix:steps", "op:random_resized_crop")


def _c10_cases(tier: Any) -> tuple[Case, ...]:
    contexts = tuple(c.with_(reach="graph") for c in grid("C10", tier, names=("mix:train",)))
    gradients = grid("C10", tier, names=_FEW, signatures=(CORE_FLOAT,), context={"gradient": True}, targets=("image",))
    return (*contexts, *(c.with_(reach="graph" if "rotate" in c.name else "eager") for c in gradients))


def _nest_cases(law: str, which: str, names: tuple[str, ...]) -> Any:
    return lambda tier: tuple(c.with_(reach="graph") for c in grid(law, tier, names=names, context={"which": which}))


LAWS = (
    Law(
        "C1",
        "modes agree",
        ("C2", "R16"),
        "Every mode gives the bytes of eager mode for integers, and floats within their class.",
        _as_eager,
        lambda tier: grid("C1", tier, signatures=(CORE_INTEGER, CORE_FLOAT)),
        _compiles,
        search=True,
    ),
    Law(
        "C2",
        "compiled once",
        ("C12",),
        "One signature is compiled once: other keys, ids and pixels reuse it, and no Python runs.",
        _no_retrace,
        lambda tier: tuple(
            c.with_(reach="dear" if "mix:train" in c.name else "graph")
            for c in grid("C2", tier, names=("mix:train", "op:rotate"))
        ),
        _compiles,
    ),
    Law(
        "C3",
        "keys are inputs",
        ("R2", "R4"),
        "A function compiled with one key serves every other key.",
        _key_is_input,
        lambda tier: tuple(
            c.with_(reach="dear" if "mix:train" in c.name else "graph")
            for c in grid("C3", tier, names=("mix:train", "mix:some"))
        ),
        _compiles,
    ),
    Law(
        "C7",
        "input pipelines",
        ("R4", "R7"),
        "Inside the framework's input pipeline the results are the same.",
        _nested,
        _nest_cases("C7", "pipelines", ("mix:train",)),
        _nests("pipelines"),
    ),
    Law(
        "C9",
        "nesting",
        ("C12", "R4"),
        "Inside the user's own compiled functions the results are the same.",
        _nested,
        _nest_cases("C9", "nesting", ("mix:train",)),
        _nests("nesting"),
    ),
    Law(
        "C10",
        "contexts and gradients",
        ("C2",),
        "Gradient modes and precision switches change no value; claimed gradients are finite.",
        _c10,
        _c10_cases,
        _claims_gradient,
    ),
)
