"""K: keys and the plumbing of randomness."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

import augspec
from augspec.random.keys import stream
from augspec_conformance import golden
from augspec_conformance.cases.catalogue import CORE_FLOAT, CORE_INTEGER, cases_of, grid
from augspec_conformance.cases.policies import document, policy_names
from augspec_conformance.cases.probes import sample_of
from augspec_conformance.law import Case, Law, Tier, require, require_equal
from augspec_conformance.laws.compare import require_results_alike, require_same
from augspec_conformance.laws.refusals import Wrong, require_refused
from augspec_conformance.laws.streams import WIDE
from augspec_conformance.subject import Subject, reference

__all__ = ["LAWS"]


def _deterministic(subject: Subject, case: Case) -> None:
    first = subject.call(case)
    for _ in range(4):
        require_same(subject.call(case), first, "the same call gave another result")


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
    elif kind == "thresholds":
        _at_thresholds(subject, case)
    elif kind == "low bits":
        _low_bits(subject, case)
    elif kind == "noise":
        _far_words(subject, case)
    else:
        nested = kind == "nested"
        policy, maps = (golden.NESTED, golden.NESTED_MAPS) if nested else (golden.POLICY, golden.MAPS)
        _own_words(subject, case, policy, maps)


def _own_words(subject: Subject, case: Case, policy: dict[str, Any], maps: Mapping[str, Callable[[int], int]]) -> None:
    """Compare draws with an evaluation of R3–R13 in plain Python integers."""
    key, ids = subject.key(case), [0, 1, 2, 77, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**40 + 3, 2**48 - 1]
    drawn = subject.augmenter(policy).draw(key, ids).numpy()
    for path, of_word in maps.items():
        words = [golden.word(path, key.seed, key.epoch, key.of_view, i, 0) for i in ids]
        expected = np.array([of_word(word) for word in words], np.int32)
        require_equal(np.asarray(drawn[path]), expected, f"the draw {path} against R3 to R13 in plain integers")


def _at_thresholds(subject: Subject, case: Case) -> None:
    """Draw where a probability, or a share, is exactly what the draw is compared with, and one step beside it."""
    key = subject.key(case)
    for one in (7, 2**32 + 9):

        def word(path: str, one: int = one) -> int:
            return golden.word(path, key.seed, key.epoch, key.of_view, one, 0)

        for path, policy, expected in golden.thresholds(word):
            got = int(np.asarray(subject.augmenter(policy).draw(key, [one]).numpy()[path])[0])
            require(
                got == expected, f"the draw {path} at its threshold: {policy['ops'][0]}", expected=expected, got=got
            )


def _low_bits(subject: Subject, case: Case) -> None:
    """Draw for the ids whose draws need all bits of their words."""
    key = subject.key(case)
    for path, op, ids, count, of_words in golden.LOW_BITS:
        drawn = np.asarray(subject.augmenter(document(op)).draw(key, list(ids)).numpy()[path])
        for i, one in enumerate(ids):
            words = [golden.word(path, key.seed, key.epoch, key.of_view, one, d) for d in range(count)]
            expected = np.array(of_words(words), drawn.dtype)
            require_equal(drawn[i], expected, f"the draw {path} of the id {one}, against all bits of its words")


def _far_words(subject: Subject, case: Case) -> None:
    """Find the words of pixels all over a large image: black where the word's 24 high bits are below a half (R16)."""
    key, one = subject.key(case), 2**40 + 3
    height, width = case.context["size"]
    last = height * width - 1
    image = np.full((1, height, width, 1), 200, np.uint8)
    given = case.with_(signature="grey-u8", policy=document({"op": "pixel_dropout", "amount": 0.5}))
    out = subject.call(given, {"image": image}, ids=[one])["image"].reshape(-1)
    ends = [2**bits + beside for bits in range(8, 25) for beside in (-1, 0, 1, 2, 3)]
    for d in (*(end for end in ends if end <= last), *range(0, last, last // 100 + 1), *range(last - 40, last + 1)):
        word = golden.word("sample/pixel_dropout#0/noise", key.seed, key.epoch, key.of_view, one, d)
        expected = 0 if word >> 8 < 2**23 else 200
        require(
            int(out[d]) == expected,
            f"pixel {d} of {height} rows of {width}, against the word of this number",
            where=(0, d // width, d % width, 0),
            expected=expected,
            got=int(out[d]),
        )


def _k5_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "stress":
        return (Case(name="noise of 2²⁴ pixels", context={"kind": "noise", "size": [4100, 4100]}, key=7),)
    kinds = [Case(name=kind, context={"kind": kind}, reach="dear") for kind in ("threefry", "chain")]
    keys = ((0, 0, 0), (2**64 - 1, 2**32 - 1, 65535), (0x0123456789ABCDEF, 3, 2))
    kinds += [
        Case(name=f"draws {n}", context={"kind": "draws"}, key=seed, epoch=epoch, view=view, reach="dear")
        for n, (seed, epoch, view) in enumerate(keys)
    ]
    seed, epoch, view = keys[-1]
    kinds += [
        Case(name=kind, context={"kind": kind}, key=seed, epoch=epoch, view=view, reach="dear")
        for kind in ("thresholds", "nested", "low bits")
    ]
    if tier != "kat":  # where nothing is compiled
        kinds += [Case(name="noise", context={"kind": "noise", "size": [601, 700]}, key=seed, epoch=epoch, view=view)]
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
        if not path.startswith("batch/"):  # those belong to the whole batch (R7)
            require_equal(np.asarray(alone[path]), value[1:2], f"the draw {path} of one id alone")


def _traced_draws(subject: Subject, case: Case) -> None:
    """Draw inside the framework's own compiled functions, with key and ids that are only known when they run."""
    augmenter, ids = subject.of(case), subject.ids(case)

    class Drawing:
        """What the user's function calls: a sample goes in, draws come out."""

        def __call__(self, key: Any, sample: Any, index: Any) -> dict[str, Any]:
            del sample
            return dict(augmenter.draw(key, index).items())

    expected = reference().augmenter(case.policy).draw(subject.key(case), ids)
    native = subject.native(case, sample_of(case))
    for name, run in subject.adapter.nestings().items():
        drawn = run(Drawing(), subject.key(case), native, ids)
        for path, value in expected.items():
            require_equal(subject.adapter.to_numpy(drawn[path]), value, f"the draw {path} inside {name}")


def _k6(subject: Subject, case: Case) -> None:
    (_traced_draws if case.context.get("traced") else _same_draws)(subject, case)


def _can_trace(subject: Subject, case: Case) -> str:
    if not case.context.get("traced"):
        return ""
    if subject.mode != subject.capabilities.modes[0]:
        return "the user's functions do not depend on the mode"
    return "" if subject.adapter.nestings() else f"no functions of users known for {subject.adapter.FRAMEWORK}"


def _k6_cases(tier: Tier) -> tuple[Case, ...]:
    """Draws with keys on the host compile nothing, so every mode is asked; those in graphs compile only themselves."""
    host = grid("K6", tier, names=policy_names(with_variants=tier == "full"))
    traced = grid("K6", tier, names=("mix:train", "mix:some"), context={"traced": True}, ids=(7, 70_001))
    return (
        *(case if case.reach == "dear" else case.with_(reach="graph") for case in host),
        *(case.with_(name=f"{case.name} traced", reach="graph") for case in traced),
    )


_FOLDER = "data/train/" + "a-folder-in-a-folder/" * 10
_TEXTS = (
    *("a.png", "", f"{_FOLDER}1.png", f"{_FOLDER}2.png"),
    *("stra\u00dfe.png", "caf\u00e9.png", "cafe\u0301.png", "\u732b.png", "\U0001f600.png"),
    *("7", "007", "8", " a.png", "a.png ", "a.png\n", "\ta.png", "A.PNG", "./a.png", "data\\a.png"),
    *("x\u00b2.png", "\ufb01le.png", "\uff41.png", "\u2126.png", "7.0", "-1", "0x10", "1_000"),
)
"""Texts as ids: plain, long ones that differ at their ends alone, such with letters of one to four bytes, and such that
a reader might take for a number, trim, fold, tidy up as a path, or bring to another normal form than NFC."""


def _hashed(text: str) -> int:
    """Return the id that a text stands for (R4)."""
    return int.from_bytes(hashlib.sha256(unicodedata.normalize("NFC", text).encode()).digest()[:6], "big")


def _key_forms(subject: Subject, case: Case) -> None:
    ids, augmenter = list(range(5)), subject.augmenter(WIDE)
    for seed in (0, 7, 2**32 + 1, 2**64 - 1):
        by_int, by_key = augmenter.draw(seed, ids).numpy(), augmenter.draw(augspec.Key(seed), ids).numpy()
        require(by_int == by_key, f"the seed {seed} and Key({seed}) draw differently")
    for key in (
        augspec.Key(7),
        augspec.Key(2**32 + 1),
        augspec.Key(2**64 - 3),
        augspec.Key(2**63 + 5, 2**32 - 1, 65535),
    ):
        expected = augmenter.draw(key, ids).numpy()
        for name, form in subject.adapter.native_keys(key.seed, key.epoch, key.of_view).items():
            require(augmenter.draw(form, ids).numpy() == expected, f"{key} and its form {name!r} draw differently")
    hashed = [_hashed(text) for text in _TEXTS]
    expected = augmenter.draw(7, hashed).numpy()
    for name, texts in (("a list", list(_TEXTS)), ("an array", np.array(_TEXTS))):
        require(augmenter.draw(7, texts).numpy() == expected, f"{name} of texts, and their hashes, draw differently")
    for text, one in zip(_TEXTS, hashed, strict=True):
        alone = augmenter.draw(7, [text]).numpy() == augmenter.draw(7, [one]).numpy()
        require(alone, f"the text {text!r} and its hash draw differently")
    native = subject.native(case, sample_of(case))
    _alike_seeds(subject, case, native)
    whole = subject.call(case)
    for name, form in subject.adapter.native_keys(case.key, case.epoch, case.view).items():
        out = subject.numpy(case, subject.of(case)(form, native, subject.ids(case)))
        require_results_alike(case, out, whole, f"the key's form {name!r}")
    for wrong in (True, -1, 2**64, 1.5, "7", None):
        run = partial(subject.of(case), wrong, native, subject.ids(case))
        require_refused(run, f"the key {wrong!r}", Wrong("key", (), dict))
    wrongs: list[tuple[Any, str]] = [([0, -1], "-1"), ([0, 2**48], str(2**48)), ([0], "1"), ([[0], [1]], "1")]
    for floats, shown in (([0.5, 1.0], "0.5"), ([3.0, 4.0], "3")):  # float32 holds no odd id beyond 2²⁴
        wrongs += [(floats, shown), (np.array(floats), shown)]
    for index, shown in wrongs:
        run = partial(subject.of(case), 0, native, index)
        require_refused(run, f"the index {index!r}", Wrong("index", (shown,), dict))


_COLLIDING = ((0, 2**61 - 1), (5, 2**61 + 4), (1, 2**62 - 1))
"""Seeds that Python's hash of whole numbers takes for one."""


def _alike_seeds(subject: Subject, case: Case, native: dict[str, Any]) -> None:
    """Call with seeds that are easily taken for one another, one after the other."""
    run, ids = subject.of(case), subject.ids(case)
    for seeds in _COLLIDING:
        for seed in seeds:
            by_int = subject.numpy(case, run(seed, native, ids))
            by_key = subject.numpy(case, run(augspec.Key(seed), native, ids))
            require_results_alike(case, by_int, by_key, f"the seed {seed} and Key({seed}), after {seeds[0]}")


def _factorises(subject: Subject, case: Case) -> None:
    sample = sample_of(case)
    augmenter = subject.of(case)
    draws = augmenter.draw(subject.key(case), subject.ids(case))
    applied = subject.numpy(case, augmenter.apply(draws, subject.native(case, sample)))
    whole = subject.call(case, sample)
    same = require_same if subject.mode == "eager" else lambda a, b, why: require_results_alike(case, a, b, why)
    same(applied, whole, "apply(draw(key, ids), sample) is not the call's result")
    back = augspec.Draws.from_json(draws.to_json())
    replayed = subject.numpy(case, augmenter.apply(back, subject.native(case, sample)))
    require_same(replayed, applied, "draws read back from JSON give another result")


def _k8_cases(tier: Tier) -> tuple[Case, ...]:
    """`apply` is another function to compile: compiled modes get few."""
    cases = grid("K8", tier, signatures=(CORE_INTEGER, CORE_FLOAT) if tier == "full" else (CORE_INTEGER,))
    few = ("op:gaussian_noise", *(("op:rotate", "mix:train") if tier == "full" else ()))
    return tuple(
        c.with_(reach="graph" if c.name in [f"{name} {CORE_INTEGER}" for name in few] else "eager") for c in cases
    )


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
        "K5",
        "published bits",
        ("R1", "R3", "R5", "R10", "R11", "R12", "R13", "R16"),
        "Bits equal the published vectors, and draws and the noise of far pixels equal the formulas in plain integers.",
        _published,
        _k5_cases,
        scope="backend",
        pinned=True,
        tiers=("kat", "smoke", "full", "stress"),
    ),
    Law(
        "K6",
        "draws are shared",
        ("R5", "R8", "R14"),
        "Draws equal the reference's, in every mode, for each id alone, and inside users' own functions.",
        _k6,
        _k6_cases,
        _can_trace,
    ),
    Law(
        "K7",
        "key forms",
        ("R4",),
        "An int seed is its Key, and so are the framework's own keys; texts are ids letter by letter; what is no key "
        "or no id is refused, whole floats too.",
        _key_forms,
        cases_of("K7", names=("mix:train",)),
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
