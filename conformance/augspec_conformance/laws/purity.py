"""P: purity and state. Inputs stay as they are, outputs are new, nothing global matters or changes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import numpy as np

import augspec
from augspec_conformance.cases.catalogue import CORE_FLOAT, CORE_INTEGER, case, grid
from augspec_conformance.cases.probes import sample_of
from augspec_conformance.law import Case, Law, Tier, require, require_equal
from augspec_conformance.subject import Subject

__all__ = ["LAWS"]

_IDENTITY: dict[str, Any] = {"augspec": 1, "ops": [{"op": "rotate", "degrees": 20, "p": 0.0}]}


def _require_same(got: dict[str, Any], expected: dict[str, Any], reason: str) -> None:
    require(list(got) == list(expected), f"{reason}: other entries", expected=list(expected), got=list(got))
    for name, value in expected.items():
        if isinstance(value, np.ndarray):
            require_equal(got[name], value, f"{reason}: {name}")


def _with_extras(case: Case) -> dict[str, Any]:
    return {**sample_of(case), "label": [1, 2], "meta": {"path": "a.png"}}


def _unmutated(subject: Subject, case: Case) -> None:
    sample = _with_extras(case)
    native, ids, key = subject.native(case, sample), np.array(subject.ids(case), np.int64), subject.key(case)
    before, ids_before = subject.numpy(case, native), ids.copy()
    augmenter = subject.of(case)
    hash_before = augmenter.policy.canonical_hash()
    augmenter(key, native, ids)
    _require_same(subject.numpy(case, native), before, "the input changed")
    require(native["label"] == [1, 2] and native["meta"] == {"path": "a.png"}, "an extra entry changed")
    require_equal(ids, ids_before, "the ids changed")
    require(key == subject.key(case), "the key changed", expected=subject.key(case), got=key)
    require(augmenter.policy.canonical_hash() == hash_before, "the policy changed")


def _p1_cases(tier: Tier) -> tuple[Case, ...]:
    wide = ("grey-u8", "seven-f32", "dot-f32") if tier == "full" else ()
    return (
        *grid("P1", tier, signatures=(CORE_INTEGER, CORE_FLOAT, *wide)),
        *grid("P1", tier, names=("op:rotate", "mix:train"), signatures=("large-u8", "large-f32")),
        *grid("P1", tier, names=("op:horizontal_flip", "mix:train", "op:center_crop"), layout="NCHW"),
    )


def _readonly(subject: Subject, case: Case) -> None:
    sample = sample_of(case)
    native = {name: subject.adapter.readonly(subject.in_layout(case, name, value)) for name, value in sample.items()}
    out = subject.numpy(case, subject.of(case)(subject.key(case), native, subject.ids(case)))
    _require_same(out, subject.call(case, sample), "read-only inputs give other results")


def _has_readonly(subject: Subject, case: Case) -> str:
    del case
    found = subject.adapter.readonly(np.zeros(1, np.float32))
    return "" if found is not None else f"{subject.name} arrays are never read-only"


def _no_aliasing(subject: Subject, case: Case) -> None:
    sample = sample_of(case)
    native = subject.native(case, sample)
    before = subject.numpy(case, native)
    out = subject.of(case)(subject.key(case), native, subject.ids(case))
    ranges = {f"output {name}": subject.adapter.storage(value) for name, value in out.items()}
    ranges |= {f"input {name}": subject.adapter.storage(value) for name, value in native.items()}
    known = [(name, span) for name, span in ranges.items() if span is not None]
    for position, (name, (start, stop)) in enumerate(known):
        for other, (first, last) in known[position + 1 :]:
            if name.startswith("input"):
                continue
            require(stop <= first or last <= start, f"{name} and {other} share memory", expected="apart", got="overlap")
    for name, value in out.items():
        if subject.adapter.poke(value):
            _require_same(subject.numpy(case, native), before, f"writing to the output {name} changed the input")


def _p3_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    unapplied = case("P3", "op:horizontal_flip", tier=tier)
    return (
        *grid("P3", tier, signatures=(CORE_INTEGER, CORE_FLOAT)),
        *grid(
            "P3",
            tier,
            names=("op:horizontal_flip", "op:center_crop", "mix:empty", "op:rotate"),
            signatures=("large-u8",),
        ),
        unapplied.with_(name="nothing applied", policy=_IDENTITY, reach="eager"),
        unapplied.with_(name="nothing applied f32", policy=_IDENTITY, signature="large-f32", reach="eager"),
    )


def _survives(subject: Subject, case: Case) -> None:
    augmenter, key = subject.of(case), subject.key(case)
    first = augmenter(key, subject.native(case, sample_of(case)), subject.ids(case))
    kept = subject.numpy(case, first)
    for step in range(3):
        other = case.with_(key=step, probe_seed=step)
        augmenter(subject.key(other), subject.native(other, sample_of(other)), subject.ids(other))
    _require_same(subject.numpy(case, first), kept, "later calls changed an earlier result")


def _buffer_released(subject: Subject, case: Case) -> None:
    sample = {name: subject.in_layout(case, name, value) for name, value in sample_of(case).items()}
    shared = {name: subject.adapter.share(np.array(value)) for name, value in sample.items()}
    sources = {name: value for name, value in shared.items() if value is not None}
    out = subject.of(case)(subject.key(case), sources, subject.ids(case))
    kept = subject.numpy(case, out)
    poked = [subject.adapter.poke(value) for value in sources.values()]
    require(any(poked), "no input could be overwritten, so nothing was tested")
    _require_same(subject.numpy(case, out), kept, "overwriting the caller's buffer after the call changed the result")


def _no_global_rng(subject: Subject, case: Case) -> None:
    results = []
    for seed in (1, 2):
        subject.adapter.seed_globals(seed)
        results.append(subject.call(case))
    _require_same(results[1], results[0], "another global seed gives another result")


def _globals_kept(subject: Subject, case: Case) -> None:
    fresh = Subject(subject.backend, subject.mode) if subject.cost == "eager" else subject
    native = subject.native(case, sample_of(case))
    if subject.cost != "eager":
        fresh.of(case)(subject.key(case), native, subject.ids(case))  # compilers may set themselves up once
    before = subject.adapter.fingerprint()
    fresh.of(case)(subject.key(case), native, subject.ids(case))
    fresh.of(case).draw(subject.key(case), subject.ids(case))
    after = subject.adapter.fingerprint()
    for name, value in before.items():
        require(after[name] == value, f"the global state {name!r} changed")


def _history(subject: Subject, case: Case) -> None:
    first = subject.call(case)
    small = case.with_(signature="grey-u8", key=5, ids=None, policy=_IDENTITY)
    for other in (case.with_(key=1), case.with_(ids=tuple(i + 1 for i in subject.ids(case))), small):
        if other is not small or subject.cost == "eager":
            subject.call(other)
    with suppress(augspec.AugspecError):
        subject.of(case)(subject.key(case), {"image": "no array"}, subject.ids(case))
    _require_same(subject.call(case), first, "other calls in between changed the result")


def _threads(subject: Subject, case: Case) -> None:
    others = [case.with_(key=key) for key in range(8)]
    expected = [subject.call(one) for one in others]
    with ThreadPoolExecutor(max_workers=8) as pool:
        for _ in range(3):
            found = list(pool.map(subject.call, others))
            for one, got, want in zip(others, found, expected, strict=True):
                _require_same(got, want, f"key {one.key}: another result when eight threads call at once")


def _compile_pure(subject: Subject, case: Case) -> None:
    policy = augspec.loads(_json(case.policy))
    text, hash_before = augspec.dumps(policy), policy.canonical_hash()
    results = []
    for _ in range(2):
        twin = augspec.loads(text)
        augmenter = subject.backend.compile(twin, layout=case.layout, mode=subject.mode)
        native = subject.native(case, sample_of(case))
        results.append(subject.numpy(case, augmenter(subject.key(case), native, subject.ids(case))))
        require(augspec.dumps(twin) == text, "compiling changed the policy")
    require(policy.canonical_hash() == hash_before, "compiling changed the policy's hash")
    _require_same(results[1], results[0], "compiling the same policy twice gives two functions")
    _require_same(subject.call(case), results[0], "an equal policy, compiled earlier, gives another result")


def _key_kept(subject: Subject, case: Case) -> None:
    key, native = subject.key(case), subject.native(case, sample_of(case))
    results = []
    for _ in range(2):
        results.append(subject.numpy(case, subject.of(case)(key, native, subject.ids(case))))
        subject.of(case.with_(policy=_IDENTITY) if subject.cost == "eager" else case).draw(key, subject.ids(case))
    _require_same(results[1], results[0], "the same key object gives another result the second time")


def _failures_atomic(subject: Subject, case: Case) -> None:
    sample = sample_of(case)
    before = subject.call(case, sample)
    state = subject.adapter.fingerprint()
    wrong = {**sample, "boxes": np.full_like(sample["boxes"], np.nan)}
    native = subject.native(case, wrong)
    kept = subject.numpy(case, native)
    try:
        subject.of(case)(subject.key(case), native, subject.ids(case))
    except augspec.SampleError:
        pass
    else:
        require(False, "boxes that are not numbers were accepted", expected="SampleError", got="a result")
    _require_same(subject.numpy(case, native), kept, "a refused call changed its input")
    after = subject.adapter.fingerprint()
    for name, value in state.items():
        require(after[name] == value, f"a refused call changed the global state {name!r}")
    _require_same(subject.call(case, sample), before, "a refused call changed later results")


def _json(policy: Any) -> str:
    import json

    return json.dumps(policy)


def _cases(law: str, *signatures: str, names: tuple[str, ...] | None = None) -> Any:
    return lambda tier: grid(law, tier, signatures=signatures or (CORE_INTEGER,), names=names)


_FEW = ("op:rotate", "op:gaussian_noise", "op:contrast", "op:random_resized_crop", "mix:train", "mix:some", "mix:steps")

LAWS = (
    Law(
        "P1",
        "inputs unmutated",
        ("C11", "T6"),
        "A call changes no input: no target, no extra entry, no key, no ids, no policy.",
        _unmutated,
        _p1_cases,
        search=True,
    ),
    Law(
        "P2",
        "read-only inputs",
        ("C11",),
        "Read-only inputs are accepted and give the same results.",
        _readonly,
        _cases("P2", CORE_INTEGER, CORE_FLOAT),
        _has_readonly,
    ),
    Law(
        "P3",
        "new memory",
        ("C11",),
        "No output shares memory with an input or with another output, applied or not.",
        _no_aliasing,
        _p3_cases,
    ),
    Law(
        "P4",
        "results last",
        ("C11",),
        "A result does not change when other calls follow.",
        _survives,
        _cases("P4", CORE_INTEGER, names=(*_FEW, "op:horizontal_flip", "mix:empty")),
    ),
    Law(
        "P5",
        "inputs are let go",
        ("C11",),
        "Overwriting the caller's memory after a call does not change its result.",
        _buffer_released,
        lambda tier: (
            *grid("P5", tier, signatures=(CORE_INTEGER, CORE_FLOAT), names=(*_FEW, "op:horizontal_flip", "mix:empty")),
            *grid(
                "P5", tier, signatures=("large-u8", "large-f32"), names=("op:rotate", "op:horizontal_flip", "mix:empty")
            ),
        ),
    ),
    Law(
        "P7",
        "no global generator is read",
        ("R2",),
        "Results do not depend on any global random generator.",
        _no_global_rng,
        _cases("P7", names=_FEW),
    ),
    Law(
        "P8",
        "global state is kept",
        ("R2",),
        "Calls change no global generator and no global setting.",
        _globals_kept,
        _cases("P8", names=_FEW),
    ),
    Law(
        "P10",
        "no history",
        ("R2", "R8"),
        "A result is the same before and after any other calls, failing ones included.",
        _history,
        _cases("P10", names=_FEW),
    ),
    Law(
        "P11",
        "threads",
        ("R2",),
        "Calls from several threads at once give what they give one after the other.",
        _threads,
        lambda tier: tuple(
            c.with_(reach="eager" if c.reach != "dear" else "graph") for c in grid("P11", tier, names=_FEW)
        ),
    ),
    Law(
        "P13",
        "compiling is pure",
        ("R6",),
        "Compiling changes no policy, and equal policies compile to equal functions.",
        _compile_pure,
        lambda tier: tuple(
            c.with_(reach="graph" if "mix:train" in c.name and tier == "full" else "eager")
            for c in grid("P13", tier, names=_FEW)
        ),
    ),
    Law(
        "P15",
        "keys last",
        ("R4",),
        "A key is not used up: the same object gives the same result again.",
        _key_kept,
        _cases("P15", names=_FEW),
    ),
    Law(
        "P16",
        "failures are atomic",
        ("T3",),
        "A refused input leaves inputs, global state and later results unchanged.",
        _failures_atomic,
        _cases("P16", names=("op:rotate", "mix:train")),
    ),
)
