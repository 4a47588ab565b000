"""P19: one augmenter, used again and again: with other sizes, other arrays of ids, draws that are handed around."""

from __future__ import annotations

import multiprocessing
import os
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import augspec
from augspec_conformance.cases.policies import document
from augspec_conformance.cases.probes import sample_of
from augspec_conformance.law import Case, Law, Tier, require, require_equal
from augspec_conformance.laws.compare import require_results_alike, require_same
from augspec_conformance.subject import Subject, Unclaimed, reference

__all__ = ["LAWS"]

_POLICY = document(
    {"op": "random_resized_crop", "size": [9, 8], "area": {"uniform": [0.3, 1.0]}},
    {"op": "affine", "degrees": {"uniform": [-30, 30]}, "translate_x": {"uniform": [-0.2, 0.2]}, "p": 0.7},
    {"op": "brightness_scale", "factor": {"uniform": [0.5, 1.5]}, "p": 0.5},
    eval=[{"op": "resize", "size": [9, 8]}],
)


_STILL = document({"op": "brightness_scale", "factor": {"uniform": [0.5, 1.5]}})


def _sizes(subject: Subject, case: Case) -> None:
    """The size of an image is no part of its draws: the second one under a key is as with an augmenter of its own."""
    for signature in ("two-u8", case.signature, "square-u8", "four-u8", "one-u8", "two-u8"):
        one = case.with_(signature=signature)
        expected = reference().call(one)
        require_results_alike(one, subject.call(one), expected, f"{signature}, after other ones under the same key")


def _kinds_of_ids() -> Iterator[tuple[str, Any]]:
    ids = np.array([200, 7], np.int64)
    for dtype in ("uint8", "int16", "uint16", ">i4", ">u8", "<u4"):
        yield dtype, ids.astype(dtype)
    wide = np.zeros(6, np.int32)
    wide[1::3] = ids
    yield "every third one", wide[1::3]
    yield "in reversed memory", ids[::-1].copy()[::-1]
    yield "read-only", _frozen(ids)


def _frozen(array: np.ndarray) -> np.ndarray:
    found = array.copy()
    found.flags.writeable = False
    return found


def _ids(subject: Subject, case: Case) -> None:
    """Ids are numbers, whatever their dtype, the order of their bytes, and the gaps between them."""
    expected = subject.call(case, ids=[200, 7])
    for kind, ids in _kinds_of_ids():
        require_same(subject.call(case, ids=ids), expected, f"ids as an array: {kind}")


def _many(subject: Subject, case: Case) -> None:
    """Draws of thousands of ids follow each of them."""
    first = np.arange(3000)
    second = first.copy()
    second[1500] = 70_000
    for ids in (first, second):
        got, expected = subject.draw(case, ids), reference().draw(case, ids)
        for path, values in expected.items():
            require_equal(np.asarray(got[path]), np.asarray(values), f"draws of 3000 ids: {path}")


def _draws(subject: Subject, case: Case) -> None:
    """Draws are the caller's: nobody writes to them, nobody keeps them, and they go by their paths."""
    augment, native = subject.of(case), subject.native(case, sample_of(case))
    key, ids = subject.key(case), subject.ids(case)
    draws = augment.draw(key, ids)
    kept = {path: np.array(array) for path, array in draws.numpy().items()}
    expected = subject.numpy(case, augment.apply(draws, native))
    for path, array in draws.numpy().items():
        require_equal(np.asarray(array), kept[path], f"apply changed the draws: {path}")
    turned = augspec.Draws(dict(sorted(kept.items(), reverse=True)), draws.quantities, draws.batch)
    require_same(subject.numpy(case, augment.apply(turned, native)), expected, "draws in another order of their paths")
    for array in draws.values():
        if isinstance(array, np.ndarray) and array.flags.writeable:
            array[...] = 1
    again = augment.draw(key, ids).numpy()
    for path, array in kept.items():
        require_equal(np.asarray(again[path]), array, f"drawn again, after someone wrote to the first draws: {path}")


def _flags(subject: Subject, case: Case) -> None:
    """Flags that came in are read where they are, and all results are the caller's to write to."""
    case = case.with_(targets=("image", "boxes", "keypoints"), policy=_STILL)
    sample = sample_of(case)
    batch = len(sample["image"])
    flags = {"boxes_valid": sample["boxes"].shape[1], "keypoints_visible": sample["keypoints"].shape[1]}
    twice = {name: np.arange(batch * count * 2).reshape(batch, -1) % 4 == 0 for name, count in flags.items()}
    native = subject.native(case, sample)
    dense = {name: subject.adapter.to_native(array[:, ::2].copy(), "bool") for name, array in twice.items()}
    spread = {name: subject.adapter.to_native(array, "bool")[:, ::2] for name, array in twice.items()}
    augment, key, ids = subject.of(case), subject.key(case), subject.ids(case)
    found = [augment(key, {**native, **one}, ids) for one in (dense, spread)]
    results = [subject.numpy(case, one) for one in found]
    require_results_alike(case, results[1], results[0], "flags that lie apart in memory")
    single = subject.native(case, {name: array[0] for name, array in sample.items()})
    for out in (found[0], augment(key, single, ids[0])):
        for name, array in out.items():
            if isinstance(array, np.ndarray):
                require(array.flags.writeable, f"the result is the caller's: {name} can be written to")


def _forked(subject: Subject, case: Case) -> None:
    """A process that was forked, as the workers of data loaders are, gives the same."""
    if subject.adapter.FRAMEWORK != "numpy" or not hasattr(os, "fork"):
        raise Unclaimed("frameworks with threads of their own are not forked")
    expected = subject.call(case)
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    worker = context.Process(target=lambda: there.send(subject.call(case)), daemon=True)
    # Frameworks that other code loaded into this process warn of their threads; the worker calls none of them.
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "os.fork", RuntimeWarning)  # JAX
        warnings.filterwarnings("ignore", ".*multi-threaded", DeprecationWarning)  # Python 3.12 and newer
        worker.start()
    there.close()
    try:
        require(here.poll(_PATIENCE), "a forked process gives a result at all")
        require_same(here.recv(), expected, "in a forked process")
    except EOFError:
        require(False, "a forked process gives a result at all")
    finally:
        worker.kill()
        worker.join()


_PATIENCE = 60
"""Seconds that a forked process may take."""

_KINDS: dict[str, Callable[[Subject, Case], None]] = {
    "sizes": _sizes,
    "ids": _ids,
    "many ids": _many,
    "draws": _draws,
    "flags": _flags,
    "forked": _forked,
}


def _uses(subject: Subject, case: Case) -> None:
    _KINDS[case.context["kind"]](subject, case)


def _cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    return tuple(
        Case(name=kind, policy=_POLICY, key=19 + number, context={"kind": kind}, reach="graph" if number else "eager")
        for number, kind in enumerate(_KINDS)
    )


LAWS = (
    Law(
        "P19",
        "used again",
        ("R2", "R4", "R6", "C11", "T3", "T4"),
        "An augmenter remembers no size, ids are numbers however they lie in memory, and draws and results are the "
        "caller's own.",
        _uses,
        _cases,
    ),
)
