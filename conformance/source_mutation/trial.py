"""One change, tried in a forked process: the changed module is imported anew, and checks run until one fails."""

from __future__ import annotations

import gc
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import resource
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from types import CodeType, FunctionType, ModuleType
from typing import Any, Never

from source_mutation.checks import TESTS, Check
from source_mutation.plain import run_test, tests_of
from source_mutation.targets import targets

__all__ = ["KILLED", "STATUSES", "forget", "forked", "judge", "purge", "warm"]

KILLED = "killed"
STATUSES = {
    KILLED: "a law or a test failed",
    "survived": "every check passed",
    "unreached": "no check runs the place; counts as survived",
    "timeout": "the checks did not end; counts neither way",
    "crashed": "the process died; counts neither way",
    "stillborn": "the changed module cannot be imported; counts neither way",
}

_PACKAGES = ("augspec", "augspec_backends", "augspec_conformance")
_CPU_SECONDS = 90
_WALL_SECONDS = 400
_BYTES = 12 << 30


def warm() -> None:
    """Import all that checks need, so that forked processes have it already."""
    import hypothesis
    import jsonschema
    import PIL.Image
    import pytest
    import rich.console
    import scipy.ndimage
    import scipy.special
    import skimage.transform
    import typer.testing

    from augspec_conformance.laws import all_laws

    del hypothesis, jsonschema, PIL, pytest, rich, scipy, skimage, typer
    all_laws()
    for target in targets():
        importlib.import_module(target.module)
        home = sys.modules[target.module].__file__
        if home != str(target.path):
            raise ImportError(f"{target.module} is {home}, not this checkout's: put its folders first on PYTHONPATH")
    for file in TESTS:
        tests_of(file.partition("::")[0])
    _functions()


def purge() -> None:
    """Forget every module of the changed packages: the next import makes them anew."""
    tests_of.cache_clear()
    for name in [name for name in sys.modules if name.split(".")[0] in _PACKAGES]:
        del sys.modules[name]


def forget() -> None:
    """Empty the caches of the changed modules."""
    from augspec_conformance.subject import reference

    reference.cache_clear()
    for target in targets():
        for value in vars(sys.modules[target.module]).values():
            if not isinstance(value, ModuleType) and hasattr(value, "cache_clear"):
                value.cache_clear()


def forked(work: Callable[[Callable[[Any], None]], None], *, limited: bool = True) -> tuple[list[Any], str]:
    """Do work in a forked process, and return what it said (JSON values) and how it ended: "", "timeout" or a signal.

    Args:
        work: gets a function that says something to the parent.
        limited: whether time and memory are.
    """
    ours, theirs = os.pipe()
    child = os.fork()
    if not child:
        os.close(ours)
        _be_child(work, theirs, limited=limited)
    os.close(theirs)
    text, end = b"", time.monotonic() + (_WALL_SECONDS if limited else 3600)
    while True:
        ready, _, _ = select.select([ours], [], [], max(0.0, end - time.monotonic()))
        if not ready:
            os.kill(child, signal.SIGKILL)
            break
        part = os.read(ours, 1 << 16)
        if not part:
            break
        text += part
    os.close(ours)
    _, code = os.waitpid(child, 0)
    said = [json.loads(line) for line in text.splitlines() if line.endswith(b"}")]
    number = os.WTERMSIG(code) if os.WIFSIGNALED(code) else 0
    late = number in (signal.SIGXCPU, signal.SIGKILL)
    return said, "timeout" if late else f"signal {number}" if number else ""


def _be_child(work: Callable[[Callable[[Any], None]], None], pipe: int, *, limited: bool) -> Never:
    """Do the work with limits and without a terminal, and leave without any clean-up of the parent's things."""
    if limited:
        resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS + 5))
        resource.setrlimit(resource.RLIMIT_AS, (_BYTES, _BYTES))
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1) if os.environ.get("SOURCE_MUTATION_DEBUG") else (0, 1, 2):
        os.dup2(null, number)

    def say(value: Any) -> None:
        os.write(pipe, json.dumps(value).encode() + b"\n")

    try:
        work(say)
    except BaseException:
        say({"broken": traceback.format_exc()[-2000:]})
    os._exit(0)


class _Loader(importlib.abc.Loader):
    def __init__(self, code: CodeType) -> None:
        self.code = code

    def exec_module(self, module: ModuleType) -> None:
        exec(self.code, module.__dict__)  # noqa: S102 (our own source, changed in one place)


class _Finder(importlib.abc.MetaPathFinder):
    """Finds changed modules before anybody else does."""

    def __init__(self, codes: Mapping[str, CodeType]) -> None:
        self.codes = codes

    def find_spec(self, name: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        plain = importlib.machinery.PathFinder.find_spec(name, path) if name in self.codes else None
        if plain is None:
            return None
        folders = plain.submodule_search_locations
        loader = _Loader(self.codes[name])
        return importlib.util.spec_from_file_location(
            name, plain.origin, loader=loader, submodule_search_locations=folders
        )


def _import_anew(codes: Mapping[str, CodeType]) -> str:
    """Import everything again, changed modules as given; return why that cannot be done, empty if it can."""
    purge()
    sys.meta_path.insert(0, _Finder(codes))
    try:
        for name in ("augspec_backends.numpy.backend", "augspec_conformance.runner", *codes):
            importlib.import_module(name)
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:200]
    return ""


@cache
def _functions() -> dict[tuple[str, str, int], list[FunctionType]]:
    """Return the functions that imported modules made, by file, name and first line."""
    files = {str(target.path) for target in targets()}
    found: dict[tuple[str, str, int], list[FunctionType]] = {}
    for value in gc.get_objects():
        if isinstance(value, FunctionType) and value.__code__.co_filename in files:
            found.setdefault(_place(value.__code__), []).append(value)
    return found


def _place(code: CodeType) -> tuple[str, str, int]:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def _swapped(codes: Mapping[str, CodeType]) -> bool:
    """Give the functions of imported modules their changed code: the same, but for an import's time.

    Returns:
        False if that cannot be done, because a closure binds other names than its changed code.
    """
    pairs = [
        (function, inner)
        for code in codes.values()
        for inner in _nested(code)
        for function in _functions().get(_place(inner), ())
    ]
    if any(function.__code__.co_freevars != inner.co_freevars for function, inner in pairs):
        return False
    for function, inner in pairs:
        function.__code__ = inner
    forget()
    return True


def _nested(code: CodeType) -> Iterator[CodeType]:
    for value in code.co_consts:
        if isinstance(value, CodeType):
            yield value
            yield from _nested(value)


def judge(codes: Mapping[str, CodeType], checks: Sequence[Check], *, anew: bool = True) -> dict[str, Any]:
    """Run checks on changed modules until one fails, and return `status`, `by`, `how` and `ran`.

    Args:
        codes: {module: its changed code}.
        checks: what is run, in this order, laws before tests.
        anew: whether modules are imported again; if not, only what functions do may have changed.
    """

    def work(say: Callable[[Any], None]) -> None:
        if (anew or not _swapped(codes)) and (why := _import_anew(codes)):
            say({"status": "stillborn", "by": why})
            return
        for number, check in enumerate(checks):
            how = _how_it_fails(check)
            if how:
                say({"status": KILLED, "by": check.name, "how": how, "ran": number + 1})
                return
        say({"status": "survived", "ran": len(checks)})

    said, end = forked(work)
    if end or not said:
        return {"status": "timeout" if end == "timeout" else "crashed", "by": end}
    if "broken" in said[-1]:
        raise RuntimeError(f"the runner itself failed:\n{said[-1]['broken']}")
    return dict(said[-1])


def _how_it_fails(check: Check) -> str:
    """Run a check: "failed" if it judged something wrong, "errored" if something broke, empty if it passed."""
    if not check.law:
        try:
            test = tests_of(check.name.partition("::")[0])[check.name]
        except Exception:  # the file cannot be imported, or lists other cases, because of the change
            return "errored"
        return run_test(test)
    import augspec
    from augspec_conformance.law import Case
    from augspec_conformance.laws import all_laws
    from augspec_conformance.runner import run_case
    from augspec_conformance.subject import Subject

    try:
        law = next(law for law in all_laws() if law.id == check.law)
        subject = Subject(augspec.get_backend("numpy"), "eager")  # every case compiles anew
    except Exception:  # laws cannot be listed, or there is no backend, because of the change
        return "errored"
    status = run_case(law, subject, Case.model_validate_json(check.case)).status
    return status if status in ("failed", "errored") else ""
