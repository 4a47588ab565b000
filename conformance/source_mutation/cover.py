"""Which check runs which lines: every check once, alone, under a line tracer."""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

from source_mutation.checks import Check, Checks
from source_mutation.plain import run_test, tests_of
from source_mutation.targets import targets
from source_mutation.trial import forget, purge

__all__ = ["collected", "cover_laws", "cover_tests"]

_Fields = tuple[str, str, str, float, dict[str, list[int]]]

# They start new processes, which import the source as it is; P11 runs in threads, which the tracer does not follow.
_NEW_PROCESSES = ("P9", "P12")
_PINNED = ("J8",)
"""Laws of which everything is recorded, whatever tier asks it: they are fast, and know every op."""

_OF_EVERY_OP = ("N1", "N2", "N6", "N9", "S1")
"""Laws that ask every op for its values and shapes: all of their cases at smoke are recorded."""

_OF_LAW = 24
"""Of every other law's cases at smoke, about so many are recorded, evenly spread."""

_OF_TEST = 40
"""Of a test's parameter sets, at most so many are recorded."""

_SLOWEST = 2.0
"""Checks slower than this many seconds, traced, are left out: a change that survives would wait for all of them."""


class _Lines:
    """Records the lines of the changed files."""

    def __init__(self) -> None:
        self.names = {str(target.path): target.name for target in targets()}
        self.seen: dict[str, set[int]] = {}

    def _enter(self, frame: FrameType, *_: Any) -> Any:
        name = self.names.get(frame.f_code.co_filename)
        if name is None:
            return None
        seen = self.seen.setdefault(name, set())
        seen.add(frame.f_lineno)

        def line(frame: FrameType, *_: Any) -> Any:
            seen.add(frame.f_lineno)
            return line

        return line

    @contextmanager
    def recorded(self) -> Iterator[dict[str, set[int]]]:
        """Record the lines of a `with` block."""
        self.seen = {}
        sys.settrace(self._enter)
        try:
            yield self.seen
        finally:
            sys.settrace(None)


def cover_laws(say: Callable[[Any], None], only: Sequence[str] = ()) -> None:
    """Say the lines of import, then of every case of a law (of all, or of some), as the fields of `Check`."""
    lines = _Lines()
    purge()
    with lines.recorded() as seen:
        from augspec_conformance.laws import all_laws

        for target in targets():
            importlib.import_module(target.module)
        all_laws()
    say({"at_import": _plain(seen)})
    _say(say, _laws(lines, only))


def cover_tests(say: Callable[[Any], None], tests: str) -> None:
    """Say the lines of every test of `FILE` or `FILE::NAME`, as the fields of `Check`."""
    _say(say, _tests(_Lines(), tests))


def _say(say: Callable[[Any], None], rows: Iterable[_Fields]) -> None:
    for name, law, case, seconds, found in rows:
        if seconds <= _SLOWEST:
            say({"check": [name, law, case, round(seconds, 4), found]})


def collected(said: list[dict[str, Any]]) -> Checks:
    """Return the checks that `cover_laws` and `cover_tests` said, in this order."""
    rows = [one["check"] for one in said if "check" in one]
    return Checks(
        tuple(Check.of(row) for row in rows),
        {name: frozenset(found) for name, found in said[0]["at_import"].items()},
    )


def _plain(seen: dict[str, set[int]]) -> dict[str, list[int]]:
    return {name: sorted(found) for name, found in seen.items()}


def _laws(lines: _Lines, only: Sequence[str]) -> Iterator[_Fields]:
    import augspec
    from augspec_conformance.law import Tier
    from augspec_conformance.laws import all_laws
    from augspec_conformance.runner import plan_cases, run_case
    from augspec_conformance.subject import Subject

    for law in all_laws():
        if law.id in _NEW_PROCESSES or (only and law.id not in only):
            continue
        tier: Tier = "full" if law.id in _PINNED else "smoke"
        cases = list(plan_cases(law, Subject(augspec.get_backend("numpy"), "eager"), tier))
        step = 1 if law.id in (*_PINNED, *_OF_EVERY_OP) else max(1, len(cases) // _OF_LAW)
        for case in cases[::step]:
            forget()
            start = time.process_time()
            with lines.recorded() as seen:
                status = run_case(law, Subject(augspec.get_backend("numpy"), "eager"), case).status
            if status in ("passed", "not-claimed"):  # a change may claim it
                yield f"{law.id} {case.digest()}", law.id, case.to_json(), time.process_time() - start, _plain(seen)
            else:
                raise RuntimeError(f"{law.id} {status} without any change: {case.to_json()}")


def _tests(lines: _Lines, tests: str) -> Iterator[_Fields]:
    sets: dict[str, int] = {}
    for name, test in tests_of(tests.partition("::")[0]).items():
        if not name.startswith(tests):
            continue
        function = name.partition("[")[0]
        sets[function] = sets.get(function, 0) + 1
        if sets[function] > _OF_TEST:
            continue
        forget()
        start = time.process_time()
        with lines.recorded() as seen:
            how = run_test(test)
        if how:
            raise RuntimeError(f"{name} {how} without any change")
        yield name, "", "", time.process_time() - start, _plain(seen)
