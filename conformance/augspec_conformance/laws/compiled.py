"""C: compiled modes compute what eager mode computes, and are really compiled."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from augspec_conformance.cases.catalogue import CORE_FLOAT, CORE_INTEGER, grid
from augspec_conformance.cases.policies import document
from augspec_conformance.cases.probes import sample_of
from augspec_conformance.law import Case, Law, Tier, require
from augspec_conformance.laws.compare import require_results_alike
from augspec_conformance.subject import Subject, Unclaimed

__all__ = ["LAWS"]


def _has_eager(subject: Subject, case: Case) -> str:
    del case
    return "" if subject.mode != "eager" and "eager" in subject.capabilities.modes else "not a compiled mode"


def _compiles(subject: Subject, case: Case) -> str:
    del case
    return "" if subject.mode != "eager" else "not a compiled mode"


def _as_eager(subject: Subject, case: Case) -> None:
    require_results_alike(
        case, subject.call(case), subject.sibling("eager").call(case), f"{subject.mode} against eager"
    )


_ORDER = {"op": "random_order", "ops": [{"op": "invert"}, {"op": "solarize", "threshold": 0.5}]}
_NESTED = document({"op": "some_of", "n": 1, "ops": [_ORDER, {"op": "gamma", "gamma": 0.5}]})
"""A choice inside of a choice, whose own branches no compiler sees at once."""


def _c1_cases(tier: Tier) -> tuple[Case, ...]:
    found = grid("C1", tier, signatures=(CORE_INTEGER, CORE_FLOAT))
    nested = Case(name="a choice in a choice", policy=_NESTED, signature=CORE_INTEGER, reach="dear", probe_seed=1)
    return (*found, nested) if tier == "full" else found


def _key_is_input(subject: Subject, case: Case) -> None:
    for key in (case.key, case.key ^ 0xFFFF_0000_FFFF, 3):
        one = case.with_(key=key)
        require_results_alike(
            case, subject.call(one), subject.sibling("eager").call(one), f"key {key}, compiled with another key"
        )


@contextmanager
def _python_runs() -> Iterator[list[int]]:
    """Count how often the Python code of the pixels runs: in a compiled function, only while it is traced.

    It sees backends over the generic kernels only; of any other one it counts nothing.
    """
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


_FRESH = itertools.count()
"""Tells policies apart that are asked in one process, for backends that keep compiled functions for everybody."""


def _unseen(case: Case) -> Case:
    """Return the case with ops of other names: nobody has compiled it before."""
    number = next(_FRESH)
    ops = [{**op, "id": f"fresh{number}_{position}"} for position, op in enumerate(case.policy["ops"])]
    return case.with_(policy={**case.policy, "ops": ops})


def _others(subject: Subject, case: Case) -> list[Case]:
    return [
        case.with_(key=case.key ^ 5),
        case.with_(ids=tuple(i ^ 1 for i in subject.ids(case))),
        case.with_(ids=tuple(i % 2**31 for i in subject.ids(case))),  # with no high word in the whole batch,
        case.with_(ids=tuple(i | 2**40 for i in subject.ids(case))),  # and with one in every sample (R4)
        case.with_(probe_seed=3),
        case.with_(epoch=7, view=3),
    ]


def _no_retrace(subject: Subject, case: Case) -> None:
    if subject.adapter.compilations() is None:
        raise Unclaimed(f"nobody counts the compilations of {subject.name}")
    if case.context.get("first"):
        _compiles_at_first(subject, _unseen(case))
        return
    subject.call(case)
    before = subject.adapter.compilations()
    with _python_runs() as runs:
        for other in _others(subject, case):
            subject.call(other)
    after = subject.adapter.compilations()
    require(runs[0] == 0, "the Python code ran again in a compiled mode", expected=0, got=runs[0])
    require(after == before, "another key, other ids or other pixels made it compile again", expected=before, got=after)


def _compiles_at_first(subject: Subject, case: Case) -> None:
    """Demand that a new function compiles at its first call, and never again."""
    if "eager" in subject.capabilities.modes:
        subject.sibling("eager").call(case)  # some frameworks compile single ops as well, once per shape
    fresh = Subject(subject.backend, subject.mode)
    counts = [subject.adapter.compilations()]
    for one in (case, *_others(subject, case)):
        fresh.call(one)
        counts.append(subject.adapter.compilations())
    require(counts[1] != counts[0], "a new function compiled nothing: the mode is not real", got=counts[:2])
    require(
        len(set(counts[1:])) == 1,
        "another key, other ids or other pixels made a new function compile again",
        expected=counts[1],
        got=counts[2:],
    )


def _clean_graph(subject: Subject, case: Case) -> None:
    one = _unseen(case)
    fresh = Subject(subject.backend, subject.mode)
    findings = subject.adapter.ir_audit(
        fresh.of(one),
        subject.key(one),
        subject.native(one, sample_of(one)),
        subject.ids(one),
        mode=subject.mode,
        optimized=subject.mode == "compiled" and "graph" in subject.capabilities.modes,
    )
    if findings is None:
        raise Unclaimed(f"nobody can look into the compiled functions of {subject.name}")
    require(not findings, "what was compiled is more than arithmetic on its inputs", expected=[], got=findings[:5])


def _c2_cases(tier: Tier) -> tuple[Case, ...]:
    warm = grid("C2", tier, names=("mix:train", "op:rotate"))
    # A signature that compiled modes are asked nowhere else: whoever keeps functions for everybody has none for it.
    first = grid("C2", tier, names=("op:horizontal_flip",), signatures=("square-u8",), context={"first": True})
    return (
        *(c.with_(reach="dear" if "mix:train" in c.name else "graph") for c in warm),
        *(c.with_(reach="dear") for c in first),
    )


def _c4_cases(tier: Tier) -> tuple[Case, ...]:
    return tuple(c.with_(reach="dear") for c in grid("C4", tier, names=("op:rotate",)))


LAWS = (
    Law(
        "C1",
        "modes agree",
        ("C2", "R16"),
        "Every mode gives the bytes of eager mode for integers, and floats within their class.",
        _as_eager,
        _c1_cases,
        _has_eager,
        search=True,
    ),
    Law(
        "C2",
        "compiled once",
        ("C12",),
        "One signature is compiled at its first call, and never again: other keys, ids and pixels reuse it.",
        _no_retrace,
        _c2_cases,
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
        _has_eager,
    ),
    Law(
        "C4",
        "really compiled",
        ("C12", "R2"),
        "What is compiled holds no way back into Python, no hidden state and no break.",
        _clean_graph,
        _c4_cases,
        _compiles,
    ),
)
