"""Tests without pytest: functions that are called, with their parameters and the simplest fixtures.

Starting pytest for every change takes more time than all of its tests do.
"""

from __future__ import annotations

import importlib.util
import inspect
import itertools
import re
import tempfile
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from source_mutation.targets import ROOT

__all__ = ["run_test", "tests_of"]

_LEFT_OUT = re.compile(r"subprocess|program\(|perf_counter|monotonic|\b(torch|jax|tensorflow)\b")
"""In the name or the source of tests that start a process, measure time or need a framework: these are left out."""


@cache
def tests_of(file: str) -> dict[str, Callable[[], None]]:
    """Return the tests of a file (a path from the repository's root) by name, each with its parameters bound.

    What changes the source imports anew must empty this cache.
    """
    spec = importlib.util.spec_from_file_location(f"plain_{Path(file).stem}", ROOT / file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: dict[str, Callable[[], None]] = {}
    for name, function in vars(module).items():
        if not name.startswith("test_") or not inspect.isfunction(function) or _unusable(function):
            continue
        for number, values in enumerate(_parameters(function)):
            if set(inspect.signature(function).parameters) - set(values) <= _fixtures(module):
                found[f"{file}::{name}[{number}]"] = _bound(module, function, values)
    return found


def run_test(test: Callable[[], None]) -> str:
    """Call a test; return "failed" for an assertion, "errored" for another exception, and nothing if it passed."""
    import pytest

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            test()
        except pytest.skip.Exception:
            return ""
        except (AssertionError, pytest.fail.Exception):
            return "failed"
        except (Exception, SystemExit):
            return "errored"
    return ""


def _unusable(function: Callable[..., None]) -> bool:
    if getattr(function, "is_hypothesis_test", False):  # hundreds of examples each
        return True
    return _LEFT_OUT.search(inspect.getsource(function)) is not None


def _parameters(function: Callable[..., None]) -> Iterator[dict[str, Any]]:
    """Yield every combination of the function's parameter sets."""
    axes = []
    for mark in getattr(function, "pytestmark", ()):
        if mark.name == "parametrize":
            names, rows = mark.args[:2]
            names = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
            axes.append([_row(names, row) for row in rows])
    for parts in itertools.product(*axes):
        yield {name: value for part in parts for name, value in part.items()}


def _row(names: list[str], row: Any) -> dict[str, Any]:
    values = row.values if hasattr(row, "marks") else (row,) if len(names) == 1 else row
    return dict(zip(names, values, strict=True))


def _fixtures(module: Any) -> set[str]:
    return {"monkeypatch", "tmp_path", *(name for name, value in vars(module).items() if _is_fixture(value))}


def _is_fixture(value: Any) -> bool:
    return type(value).__name__ == "FixtureFunctionDefinition"


def _bound(module: Any, function: Callable[..., None], values: dict[str, Any]) -> Callable[[], None]:
    def test() -> None:
        import pytest

        with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
            made: dict[str, Any] = {"tmp_path": Path(folder), "monkeypatch": patch, **values}

            def make(name: str) -> Any:
                if name not in made:
                    wrapped = getattr(module, name)._get_wrapped_function()  # noqa: SLF001 (pytest has no other way)
                    made[name] = wrapped(*map(make, inspect.signature(wrapped).parameters))
                return made[name]

            for name in _used(function):
                make(name)
            function(**{name: make(name) for name in inspect.signature(function).parameters})

    return test


def _used(function: Callable[..., None]) -> Iterator[str]:
    """Yield the fixtures that a mark asks for."""
    for mark in getattr(function, "pytestmark", ()):
        if mark.name == "usefixtures":
            yield from mark.args
