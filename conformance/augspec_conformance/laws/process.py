"""P7–P9, P12, P14, C13: the process around a call.

Nothing global is read or changed, at import, compilation or call; other processes and devices give the same.
"""

from __future__ import annotations

import decimal
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from augspec_conformance.cases.catalogue import CORE_FLOAT, cases_of, grid
from augspec_conformance.cases.probes import sample_of
from augspec_conformance.fresh import digests_of, elsewhere, fresh_cases
from augspec_conformance.law import Case, Law, Tier, require
from augspec_conformance.laws.compare import require_same
from augspec_conformance.subject import Subject, Unclaimed

__all__ = ["LAWS"]

_FEW = ("op:rotate", "op:gaussian_noise", "op:contrast", "op:random_resized_crop", "mix:train", "mix:some", "mix:steps")


def _no_global_rng(subject: Subject, case: Case) -> None:
    results = []
    for seed in (1, 2):
        subject.adapter.seed_globals(seed)
        results.append(subject.call(case))
    require_same(results[1], results[0], "another global seed gives another result")


def _globals_kept(subject: Subject, case: Case) -> None:
    fresh = Subject(subject.backend, subject.mode) if subject.cost == "eager" else subject
    native = subject.native(case, sample_of(case))
    if subject.cost != "eager":
        fresh.of(case)(subject.key(case), native, subject.ids(case))  # compilers may set themselves up once
    # Floating point is watched under settings that nobody would choose: what sets it to anything is seen.
    with np.errstate(all="call", call=lambda *_: None), decimal.localcontext(prec=31), _unheard():
        before = subject.adapter.fingerprint()
        fresh.of(case)(subject.key(case), native, subject.ids(case))
        fresh.of(case).draw(subject.key(case), subject.ids(case))
        after = subject.adapter.fingerprint()
    for name, value in before.items():
        require(after[name] == value, f"the global state {name!r} changed")


@contextmanager
def _unheard() -> Iterator[None]:
    """Take the root logger's handlers away: who configures logging where nobody has is seen."""
    before = logging.root.handlers[:]
    logging.root.handlers[:] = []
    try:
        yield
    finally:
        logging.root.handlers[:] = before


def _import_pure(subject: Subject, case: Case) -> None:
    found = elsewhere(subject, case)
    for when, names in (("importing the backend", found.at_import), ("the first call", found.at_call)):
        require(not names, f"in a fresh process, {when} changed global state", expected="none", got=", ".join(names))


def _placed(subject: Subject, case: Case) -> None:
    found = elsewhere(subject, case)
    if found.places < 2:
        raise Unclaimed("arrays lie at one place here")
    for mode, wrong in found.misplaced.items():
        require(not wrong, f"mode {mode}: arrays that lie on several devices", expected="nothing wrong", got=wrong[:4])


def _process_independent(subject: Subject, case: Case) -> None:
    for mode, expected in elsewhere(subject, case).digests.items():
        for name, digest in digests_of(subject.sibling(mode), fresh_cases(subject, case)).items():
            require(
                digest == expected[name],
                f"{name}, mode {mode}: a process with another hash seed gives another result",
                expected=expected[name][:12],
                got=digest[:12],
            )


_WATCHING: list[list[str]] = []
"""Whoever listens to audit events: hooks cannot be taken away again."""

_CLOCKS = ("time", "time_ns", "monotonic", "perf_counter", "localtime", "gmtime")
_EVENTS = ("open", "socket.connect", "subprocess.Popen", "os.system", "os.listdir", "os.putenv", "urllib.Request")


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if _WATCHING and event in _EVENTS:
        _WATCHING[-1].append(f"{event}({arguments[0] if arguments else ''!s:.60})")


_HOOKED: list[bool] = []


@contextmanager
def _watched() -> Iterator[list[str]]:
    """Note clocks, environment variables, files, sockets and processes that are used inside."""
    if not _HOOKED:
        sys.addaudithook(_hear)
        _HOOKED.append(True)
    notes: list[str] = []
    watched: list[tuple[Any, str]] = [(time, name) for name in _CLOCKS]
    watched += [(os, "urandom"), (type(os.environ), "__getitem__")]
    kept = [getattr(owner, name) for owner, name in watched]

    def noting(label: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            notes.append(label)
            return real(*arguments)

        return call

    _WATCHING.append(notes)
    try:
        for (owner, name), real in zip(watched, kept, strict=True):
            label = "os.environ" if name == "__getitem__" else f"{owner.__name__}.{name}()"
            setattr(owner, name, noting(label, real))
        yield notes
    finally:
        for (owner, name), real in zip(watched, kept, strict=True):
            setattr(owner, name, real)
        _WATCHING.pop()


def _asks_nobody(subject: Subject, case: Case) -> None:
    augmenter, native = subject.of(case), subject.native(case, sample_of(case))
    key, ids = subject.key(case), subject.ids(case)
    augmenter(key, native, ids)  # compilers and imports are done with files and clocks after this
    with _watched() as notes:
        augmenter(key, native, ids)
        augmenter.draw(key, ids)
    found = sorted(set(notes))
    require(not found, "a call asked the world outside", expected="neither clock nor file nor variable", got=found[:4])
    expected = subject.numpy(case, augmenter(key, native, ids))
    with _as_a_worker():
        again = Subject(subject.backend, subject.mode)
        require_same(again.call(case), expected, "another result where workers are told their numbers")


_WORKER = (
    "RANK",
    "LOCAL_RANK",
    "WORLD_SIZE",
    "NODE_RANK",
    "SLURM_PROCID",
    "OMPI_COMM_WORLD_RANK",
    "SEED",
    "PL_GLOBAL_SEED",
)


@contextmanager
def _as_a_worker() -> Iterator[None]:
    """Set the environment variables by which launchers tell workers their numbers."""
    before = {name: os.environ.get(name) for name in _WORKER}
    os.environ.update(dict.fromkeys(_WORKER, "3"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _plain_eager(subject: Subject, case: Case) -> str:
    del case
    return "" if subject.cost == "eager" else "compilers have clocks and files of their own"


def _compiled_once(law: str, tier: Tier) -> tuple[Case, ...]:
    """At smoke, compiled modes are asked one policy of many ops: some build all functions anew after a global seed."""
    cases = grid(law, tier, names=_FEW)
    return tuple(c.with_(reach="eager") if c.reach == "graph" and tier == "smoke" else c for c in cases)


def _p8_cases(tier: Tier) -> tuple[Case, ...]:
    """Return what P7 is asked, and every op on floats, where code may trouble to silence what NumPy warns of."""
    floats = grid("P8", tier, names=None if tier == "full" else ("op:gamma",), signatures=(CORE_FLOAT,))
    return (*_compiled_once("P8", tier), *(c.with_(reach="eager") for c in floats))


def _once(law: str) -> Callable[[Tier], tuple[Case, ...]]:
    """P9, P12 and C13 share a process, so they are asked the same: at smoke, what compiles quickly comes first."""
    return lambda tier: grid(law, tier, names=("mix:train",), context={"quick": True} if tier == "smoke" else {})


LAWS = (
    Law(
        "P7",
        "no global generator is read",
        ("R2",),
        "Results do not depend on any global random generator.",
        _no_global_rng,
        lambda tier: _compiled_once("P7", tier),
    ),
    Law(
        "P8",
        "global state is kept",
        ("R2",),
        "Calls change no global generator and no global setting, and import no other framework.",
        _globals_kept,
        _p8_cases,
    ),
    Law(
        "P9",
        "import is pure",
        ("R2",),
        "In a fresh process, import and first call of a backend change no global state, nor import another framework.",
        _import_pure,
        _once("P9"),
        scope="backend",
    ),
    Law(
        "P12",
        "processes agree",
        ("R2",),
        "Another process, with another hash seed, gives the same bytes.",
        _process_independent,
        _once("P12"),
        scope="backend",
    ),
    Law(
        "C13",
        "devices",
        ("R2", "T1"),
        "Results lie where their inputs lay, on one device or shared out over several, and are the same on each.",
        _placed,
        _once("C13"),
        scope="backend",
    ),
    Law(
        "P14",
        "no clock",
        ("R2",),
        "A call reads no clock, environment variable, file or network; what is compiled knows nothing of its worker.",
        _asks_nobody,
        cases_of("P14", names=("mix:train", "mix:some", "op:gaussian_noise")),
        _plain_eager,
    ),
)
