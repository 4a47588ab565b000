"""K: keys and the plumbing of randomness."""

from __future__ import annotations

from typing import Any

import numpy as np

import augspec
from augspec.random.keys import stream
from augspec_conformance import golden
from augspec_conformance.cases.catalogue import CORE_FLOAT, CORE_INTEGER, case, grid
from augspec_conformance.cases.policies import document, policy_names
from augspec_conformance.cases.probes import sample_of
from augspec_conformance.law import Case, Law, Tier, require, require_equal
from augspec_conformance.laws.purity import _require_same
from augspec_conformance.laws.shape import require_results_alike
from augspec_conformance.subject import Subject, reference

__all__ = ["LAWS"]

_WIDE = document(
    {
        "op": "affine",
        "id": "first",
        **{name: {"uniform": [0.0, 0.25]} for name in ("translate_x", "translate_y", "shear_x", "shear_y")},
    },
    {
        "op": "affine",
        "id": "second",
        "fill": 0.5,
        **{name: {"uniform": [0.0, 0.25]} for name in ("translate_x", "translate_y", "shear_x", "shear_y")},
    },
)
"""Two ops of four equal ranges: whatever shares bits shows up as equal columns."""


def _deterministic(subject: Subject, case: Case) -> None:
    first = subject.call(case)
    for _ in range(2):
        _require_same(subject.call(case), first, "the same call gave another result")


def _bits(subject: Subject, key: augspec.Key, ids: Any) -> np.ndarray:
    drawn = subject.augmenter(_WIDE).draw(key, ids).numpy()
    return np.stack([drawn[path] for path in sorted(drawn)], 1)


def _unique_rows(rows: np.ndarray, what: str) -> None:
    _, first, count = np.unique(rows, axis=0, return_index=True, return_counts=True)
    twice = first[count > 1]
    require(
        len(twice) == 0,
        f"{what} share their draws",
        where=tuple(int(i) for i in twice[:3]),
        expected="all different",
        got=f"{len(rows) - len(first)} repetitions",
    )


def _keys_differ(subject: Subject, case: Case) -> None:
    seeds = [*range(48), *(1 << bit for bit in range(6, 64)), 2**64 - 1, 2**64 - 2]
    keys = [augspec.Key(seed) for seed in seeds]
    keys += [augspec.Key(0, epoch) for epoch in (1, 2, 255, 65536, 2**31, 2**32 - 1)]
    keys += [augspec.Key(0, 0, view) for view in (1, 2, 255, 65535)] + [augspec.Key(0, 1, 1)]
    rows = np.concatenate([_bits(subject, key, [case.key % 1000]) for key in keys])
    _unique_rows(rows, "keys (seeds, epochs and views)")


def _streams_differ(subject: Subject, case: Case) -> None:
    first = case.key % 1000
    ids = [*range(40), 2**31, 2**32 - 1, 2**32, 2**32 + 1, 2**40, 2**48 - 1]
    keys = [augspec.Key(seed) for seed in range(first, first + 40)]
    grid_ = np.stack([_bits(subject, key, ids) for key in keys])
    rows = grid_.reshape(-1, grid_.shape[-1])
    _unique_rows(rows, "cells of the grid key × id")
    columns = rows.T
    _unique_rows(columns, "parameters (op × field)")
    half = columns.shape[0] // 2
    both = np.concatenate([rows[:, :half], rows[:, half:]])
    _unique_rows(both, "ops of one kind")


def _prefix(subject: Subject, case: Case) -> None:
    ids = list(range(64))
    shorter = subject.augmenter(case.policy).draw(subject.key(case), ids).numpy()
    ops = case.policy["ops"]
    longer = {
        **case.policy,
        "ops": [{"op": "vertical_flip", "id": "front", "p": 0.4}, *ops, {"op": "saturation", "factor": 0.5}],
    }
    other = subject.augmenter(longer).draw(subject.key(case), ids).numpy()
    for path, value in shorter.items():
        require_equal(other[path], value, f"adding other ops changed the draw {path}")


def _published(subject: Subject, case: Case) -> None:
    kind = case.context["kind"]
    if kind == "threefry":
        for key, counter, expected in golden.THREEFRY:
            got = golden.threefry(key, counter)
            require(got == expected, f"Threefry of key {key}, counter {counter}", expected=expected, got=got)
    elif kind == "chain":
        for row in golden.CHAIN:
            require(stream(row.path) == row.stream, f"stream({row.path!r})", expected=row.stream, got=stream(row.path))
            words = tuple(golden.word(row.path, golden.SEED, row.epoch, row.view, row.id, d) for d in range(4))
            require(
                words == row.words,
                f"words of {row.path} {row.epoch}/{row.view}/{row.id}",
                expected=row.words,
                got=words,
            )
    else:
        _own_words(subject, case)


def _own_words(subject: Subject, case: Case) -> None:
    """Compare draws with an evaluation of R3–R13 in plain Python integers."""
    key, ids = subject.key(case), [0, 1, 2, 77, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**40 + 3, 2**48 - 1]
    drawn = subject.augmenter(golden.POLICY).draw(key, ids).numpy()
    for path, of_word in golden.MAPS.items():
        words = [golden.word(path, key.seed, key.epoch, key.of_view, i, 0) for i in ids]
        expected = np.array([of_word(word) for word in words], np.int32)
        require_equal(np.asarray(drawn[path]), expected, f"the draw {path} against R3 to R13 in plain integers")


def _k5_cases(tier: Tier) -> tuple[Case, ...]:
    del tier
    kinds = [Case(name=kind, context={"kind": kind}, reach="dear") for kind in ("threefry", "chain")]
    keys = ((0, 0, 0), (2**64 - 1, 2**32 - 1, 65535), (0x0123456789ABCDEF, 3, 2))
    kinds += [
        Case(name=f"draws {n}", context={"kind": "draws"}, key=seed, epoch=epoch, view=view, reach="dear")
        for n, (seed, epoch, view) in enumerate(keys)
    ]
    return tuple(kinds)


def _same_draws(subject: Subject, case: Case) -> None:
    ids = [*subject.ids(case), 2**31, 2**32 + 5, 2**48 - 1]
    key = subject.key(case)
    mine, theirs = subject.of(case).draw(key, ids).numpy(), reference().augmenter(case.policy).draw(key, ids)
    require(set(mine) == set(theirs), "other draw paths", expected=sorted(theirs), got=sorted(mine))
    for path, value in theirs.items():
        require_equal(np.asarray(mine[path]), value, f"the draw {path} is not the reference's")
    alone = subject.of(case).draw(key, ids[1:2]).numpy()
    for path, value in theirs.items():
        require_equal(np.asarray(alone[path]), value[1:2], f"the draw {path} of one id alone")


def _key_forms(subject: Subject, case: Case) -> None:
    ids, augmenter = list(range(5)), subject.augmenter(_WIDE)
    for seed in (0, 7, 2**32 + 1, 2**64 - 1):
        by_int, by_key = augmenter.draw(seed, ids).numpy(), augmenter.draw(augspec.Key(seed), ids).numpy()
        require(by_int == by_key, f"the seed {seed} and Key({seed}) draw differently")
    for wrong in (True, -1, 2**64, 1.5, "7", None):
        try:
            subject.of(case)(wrong, subject.native(case, sample_of(case)), subject.ids(case))
        except augspec.AugspecError:
            continue
        require(False, f"the key {wrong!r} was accepted", expected="SampleError", got="a result")
    for index in ([0, -1], [0, 2**48], [0], [0.5, 1.0]):
        try:
            subject.of(case)(0, subject.native(case, sample_of(case)), index)
        except augspec.AugspecError:
            continue
        require(False, f"the index {index!r} was accepted", expected="SampleError", got="a result")


def _factorises(subject: Subject, case: Case) -> None:
    sample = sample_of(case)
    augmenter = subject.of(case)
    draws = augmenter.draw(subject.key(case), subject.ids(case))
    applied = subject.numpy(case, augmenter.apply(draws, subject.native(case, sample)))
    whole = subject.call(case, sample)
    same = _require_same if subject.mode == "eager" else lambda a, b, why: require_results_alike(case, a, b, why)
    same(applied, whole, "apply(draw(key, ids), sample) is not the call's result")
    back = augspec.Draws.from_json(draws.to_json())
    replayed = subject.numpy(case, augmenter.apply(back, subject.native(case, sample)))
    _require_same(replayed, applied, "draws read back from JSON give another result")


def _k8_cases(tier: Tier) -> tuple[Case, ...]:
    """`apply` is another function to compile: compiled modes get few."""
    cases = grid("K8", tier, signatures=(CORE_INTEGER, CORE_FLOAT) if tier == "full" else (CORE_INTEGER,))
    few = ("op:rotate", "op:gaussian_noise", "mix:train")
    return tuple(
        c.with_(reach="graph" if c.name in [f"{name} {CORE_INTEGER}" for name in few] else "eager") for c in cases
    )


def _once(law: str) -> Any:
    return lambda tier: () if tier == "kat" else (case(law, "mix:train", tier=tier),)


LAWS = (
    Law(
        "K1",
        "deterministic",
        ("R2",),
        "The same key, ids and sample give the same bytes, every time.",
        _deterministic,
        lambda tier: grid("K1", tier, signatures=(CORE_INTEGER, CORE_FLOAT)),
        search=True,
    ),
    Law(
        "K2",
        "keys matter",
        ("R4", "R5"),
        "Different seeds, epochs and views give different draws; every bit of them counts.",
        _keys_differ,
        _once("K2"),
        scope="backend",
    ),
    Law(
        "K3",
        "streams are apart",
        ("R5", "R6"),
        "All draws on the grid key × id × op × field are distinct streams.",
        _streams_differ,
        _once("K3"),
        scope="backend",
    ),
    Law(
        "K4",
        "prefix stability",
        ("R6", "R8"),
        "Adding ops, or changing others, moves no draw of an op.",
        _prefix,
        lambda tier: grid("K4", tier, names=("mix:choice", "mix:steps", "mix:nested", "op:rotate")),
        scope="backend",
    ),
    Law(
        "K5",
        "published bits",
        ("R1", "R3", "R5", "R10", "R11", "R13"),
        "Bits equal the published vectors, and draws equal the formulas evaluated in plain integers.",
        _published,
        _k5_cases,
        scope="backend",
    ),
    Law(
        "K6",
        "draws are shared",
        ("R5", "R8", "R14"),
        "Draws equal the reference's, for every batch and for each id alone.",
        _same_draws,
        lambda tier: grid("K6", tier, names=policy_names(with_variants=tier == "full")),
        scope="backend",
    ),
    Law(
        "K7",
        "key forms",
        ("R4",),
        "An int seed is its Key; what is no key or no id is refused.",
        _key_forms,
        _once("K7"),
    ),
    Law(
        "K8",
        "draw, then apply",
        ("R8", "C14"),
        "A call is draw followed by apply; draws survive JSON.",
        _factorises,
        _k8_cases,
    ),
)
