"""B9 and R18: ops that mix samples of a batch. Whom a sample may see is drawn, and its label tells how much of whom.

Everything is read from white images: where one sample is white and all others are black, the mean of each result is the
weight of that sample in it. The weights of the labels must be the same numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

import augspec
from augspec.language.quantities import QUANTITIES
from augspec_conformance import statistic
from augspec_conformance.cases.catalogue import CORE_FLOAT, CORE_INTEGER, case, grid
from augspec_conformance.cases.policies import document, policy, policy_names
from augspec_conformance.cases.probes import sample_of, soft
from augspec_conformance.cases.signatures import SIGNATURES
from augspec_conformance.declared import cdf_of
from augspec_conformance.headroom import within
from augspec_conformance.law import Case, Law, Tier, require, require_equal
from augspec_conformance.oracle.words import words_of
from augspec_conformance.subject import Subject
from augspec_conformance.tolerances import DRAWS, LABEL, TABLE, white

__all__ = ["LAWS", "followers", "mixed_apart", "named"]

Array = npt.NDArray[Any]


def _op(case: Case) -> dict[str, Any]:
    """Return the op of a case that mixes."""
    return next(op for op in case.policy["ops"] if augspec.ops()[op["op"]].across)


def _partner_path(case: Case) -> str:
    op = _op(case)
    return f"batch/{op.get('id') or op['op'] + '#0'}/partner"


def named(subject: Subject, case: Case) -> Array:
    """Return the partners (B,) that key and ids name (R7): the batch in the order of two words, each with the next."""
    key, ids = subject.key(case), subject.ids(case)
    words = [words_of(key.seed, key.epoch, key.of_view, _partner_path(case), one, 2) for one in ids]
    order = sorted(range(len(ids)), key=lambda row: (words[row][0] >> 1, words[row][1] >> 1, row))
    partner = np.zeros(len(ids), np.int64)
    partner[order] = np.roll(order, -1)
    return partner


def followers(case: Case, partner: Array) -> list[Array]:
    """Return the rows (B,) of all that each sample is mixed with: its partner, the partner's partner and so on."""
    found = [partner]
    for _ in range(augspec.ops()[_op(case)["op"]].partners - 1):
        found.append(partner[found[-1]])
    return found


def _weights(subject: Subject, case: Case) -> tuple[Array, Array]:
    """Return the weight of sample j in the image of sample i, and in its label, each (B, B).

    Where an op leaves parts of the canvas free, what counts is what shows a sample.
    """
    sample = sample_of(case)
    top = SIGNATURES[case.signature].top
    count = len(sample["image"])
    images, labels = np.zeros((count, count)), np.zeros((count, count))
    black, free = np.zeros_like(sample["image"]), 0.0
    fills = "fill" in augspec.ops()[_op(case)["op"]].model_fields
    if fills:
        free = subject.call(case, {**sample, "image": black})["image"].astype(np.float64)
    for j in range(count):
        image = black.copy()
        image[j] = top
        out = subject.call(case, {**sample, "image": image})
        images[:, j] = (out["image"].astype(np.float64) - free).mean((1, 2, 3)) / top
        labels[:, j] = out["label"][:, sample["label"][j]]
    return images / images.sum(1, keepdims=True) if fills else images, labels


def _mixtures(subject: Subject, case: Case) -> None:
    partner = named(subject, case)
    drawn = np.asarray(subject.draw(case)[_partner_path(case)])
    require_equal(drawn.astype(np.int64), partner, "the partners in the draws")
    images, labels = _weights(subject, case)
    mine = np.arange(len(partner))
    seen = np.zeros(images.shape, bool)
    for who in (mine, *followers(case, partner)):
        seen[mine, who] = True
    for what, weights in (("image", images), ("label", labels)):
        others = np.where(seen, 0.0, weights)
        require(
            not others.any(),
            f"another sample is in the {what}: neither the sample nor a partner",
            where=_first(others != 0),
            expected=0.0,
            got=float(others.max()),
        )
    total = labels.sum(1)
    require(
        within(float(np.abs(total - 1).max()), LABEL),
        "soft labels do not sum to one",
        where=_first(np.abs(total - 1) > LABEL),
        expected=1.0,
        got=float(total[np.abs(total - 1).argmax()]),
    )
    apart, bound = np.abs(images - labels), white(SIGNATURES[case.signature].dtype)
    where = _first(apart > bound)
    require(
        within(float(apart.max()), bound),
        "a sample weighs another amount in the image than in the label",
        where=where,
        expected=None if where is None else float(images[where]),
        got=None if where is None else float(labels[where]),
    )
    if "mask" in case.targets:
        _masks(subject, case, partner, labels)


def _masks(subject: Subject, case: Case, partner: Array, labels: Array) -> None:
    """A mask shows as much of each sample as the label says, and, where pixels stay in their place, just this."""
    sample = sample_of(case)
    mask, out = sample["mask"], subject.call(case, sample)["mask"]
    if case.rows == 1:
        either = (out == mask) | (out == mask[partner])
        require(either.all(), "a mask shows what neither the sample nor its partner has there", where=_first(~either))
    shown = np.stack([np.isin(out, of).sum((1, 2)) for of in mask], 1)  # values of masks tell their sample
    apart = np.abs(shown / shown.sum(1, keepdims=True) - labels)
    where = _first(apart > LABEL)
    require(
        within(float(apart.max()), LABEL),
        "a mask shows another share of a sample than the label",
        where=where,
        expected=None if where is None else float(labels[where]),
        got=None if where is None else float(shown[where] / shown[where[0]].sum()),
    )


def _first(wrong: Array) -> tuple[int, ...] | None:
    return tuple(int(i) for i in np.argwhere(wrong)[0]) if wrong.any() else None


def _given_soft(subject: Subject, case: Case) -> None:
    """Soft labels that come in are mixed as the ids that they stand for."""
    sample = sample_of(case)
    by_id = subject.call(case, sample)
    by_share = subject.call(case, {**sample, "label": soft(sample["label"])})
    for name, value in by_id.items():
        require_equal(by_share[name], value, f"soft labels in place of class ids: {name}")
    several = 4 * soft(sample["label"])  # of several classes at once: they need not sum to one
    scaled = subject.call(case, {**sample, "label": several})["label"]
    require_equal(scaled, 4 * by_share["label"], "labels of several classes, which sum to four")


_IDS = ("uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64")
"""What class ids may be."""

_MANY = 1 << 16
"""Classes, where their dtype holds so many: all that a policy can declare."""


def _many_classes(subject: Subject, case: Case) -> None:
    """Ids of many classes, of any dtype up to its last one, are mixed as the soft labels that they stand for."""
    sample, dtype = {"image": sample_of(case)["image"]}, case.context["ids"]
    classes = min(_MANY, int(np.iinfo(dtype).max) + 1)
    ids = classes - 1 - np.arange(len(sample["image"]), dtype=np.int64) * (classes // 8)
    many = case.with_(policy={**case.policy, "targets": {"label": {"classes": classes}}})
    native = subject.made(ids.astype(dtype), dtype)
    shares = (ids[:, None] == np.arange(classes)).astype(np.float32)
    by_share = subject.call(many, {**sample, "label": shares})
    by_id = subject.call(many, {**sample, "label": native})
    for name, value in by_share.items():
        require_equal(by_id[name], value, f"{dtype} ids of {classes} classes in place of soft labels: {name}")


def _gated(subject: Subject, case: Case) -> None:
    """Each sample has its own gate, whoever shares the weight: with p it is what it is without, or just as it came.

    Labels of samples that are mixed are no numbers: nobody reads them who is not mixed.
    """
    sample = sample_of(case)
    gate = next(array for path, array in subject.draw(case).items() if path.endswith("/apply"))
    on = np.asarray(gate).astype(bool)
    require(0 < on.sum() < len(on), "the gate takes some samples and not all", expected=0.5, got=float(on.mean()))
    always = {**case.policy, "ops": [{**op, "p": 1.0} for op in case.policy["ops"]]}
    out, mixed = subject.call(case, sample), subject.call(case.with_(policy=always), sample)
    labels = soft(sample["label"])
    for name, came in ("image", sample["image"]), ("label", labels):
        require_equal(out[name][on], mixed[name][on], f"samples that the gate takes, against p = 1: {name}")
        require_equal(out[name][~on], came[~on], f"samples that the gate leaves alone: {name}")
    unknown = np.where(on[:, None], np.float32(np.nan), labels)
    left = subject.call(case, {**sample, "label": unknown})["label"][~on]
    require_equal(left, labels[~on], "samples that the gate leaves alone, beside labels that are NaN")


def _b9(subject: Subject, case: Case) -> None:
    if case.context.get("gated"):
        _gated(subject, case)
        return
    ids = _many_classes if "ids" in case.context else _mixtures
    (_given_soft if case.context.get("soft") else ids)(subject, case)


def _names(tier: Tier) -> tuple[str, ...]:
    names = policy_names(with_variants=tier == "full")
    return tuple(name for name in names if name.startswith("op:") and Case(policy=policy(name)).mixes)


def mixed_apart(name: str) -> bool:
    """Return whether a variant of an op mixes other samples, or by other draws, and not just pixels in another way."""
    return name.partition("/")[2] in ("", "p=0.85", "scope=batch")


def _b9_cases(tier: Tier) -> tuple[Case, ...]:
    names = _names(tier)
    apart = tuple(name for name in names if mixed_apart(name))
    mixed = (
        *grid("B9", tier, names=apart, signatures=("medium-u8",), reach="graph"),
        *grid("B9", tier, names=apart, signatures=(CORE_INTEGER, CORE_FLOAT, "grey-f32")),
        *grid(
            "B9",
            tier,
            names=[name for name in names if name not in apart],
            signatures=("medium-u8", CORE_INTEGER, CORE_FLOAT, "grey-f32"),
            reach="eager",
        ),
    )
    soft_too = grid("B9", tier, names=_names(tier), signatures=(CORE_FLOAT,), context={"soft": True})
    alone = grid("B9", tier, names=_names(tier), signatures=("one-u8",))
    found = (*mixed, *(one.with_(name=f"{one.name} soft") for one in soft_too), *alone)
    return (*found, *_wide_cases()) if tier == "full" else found


def _half(policy: dict[str, Any]) -> dict[str, Any]:
    """Return a policy that mixes every other sample."""
    return {**policy, "ops": [{**op, "p": 0.5} for op in policy["ops"]]}


def _wide_cases() -> tuple[Case, ...]:
    """Gates, tiles that leave some of the canvas free, wherever they meet, and class ids of every dtype."""
    free = case("B9", "op:mosaic", "medium-u8", reach="eager")
    ids = case("B9", "op:mixup", "medium-u8", reach="eager")
    wide = [
        case("B9", name, "many-u8", targets=("image",), reach="eager") for name in _names("full") if mixed_apart(name)
    ]
    return (
        *(one.with_(name=f"{one.name} gated", policy=_half(one.policy), context={"gated": True}) for one in wide),
        free.with_(
            name="op:mosaic free medium-u8",
            policy=document({"op": "mosaic", "scale": {"uniform": [0.3, 0.45]}}),
        ),
        *(ids.with_(name=f"op:mixup {dtype} ids", context={"ids": dtype}) for dtype in _IDS),
    )


def _spread(subject: Subject, case: Case) -> None:
    """Partners are everybody equally often, and the share is drawn as declared."""
    op, n = _op(case), DRAWS
    drawn = subject.draw(case, range(n))
    partner = np.asarray(drawn[_partner_path(case)], np.int64)
    require_equal(np.sort(partner), np.arange(n), "partners are a permutation of the batch")
    require(not (partner == np.arange(n)).any(), "a sample is its own partner", where=_first(partner == np.arange(n)))
    apart = (partner - np.arange(n)) % n / n  # of uniform partners, uniform
    distance = statistic.cdf_distance(apart, lambda x: np.clip(x, 0, 1), 1 / n)
    most = statistic.cdf_envelope(n) + TABLE
    require(statistic.cdf_holds(distance, n, slack=TABLE), "how far partners are apart", expected=most, got=distance)
    beside = {path: drawn[path] for path in drawn if path.split("/")[-1] not in ("partner", "apply")}
    if op.get("scope") == "batch":
        for path, steps in beside.items():
            same = len(np.unique(np.asarray(steps)))
            require(same == 1, f"{path} differs within a batch", expected=1, got=same)
        return
    if "alpha" not in op:  # R2 asks how what is written as a distribution is drawn
        return
    alpha = op["alpha"]
    name = next(path for path in sorted(beside) if path.split("/")[-1] in ("lambda", "area"))
    quantity = QUANTITIES[drawn.quantities[name]]
    values = np.array([quantity.human(int(step)) for step in np.asarray(drawn[name])])
    declared = {"beta": [alpha, alpha]}
    distance = statistic.cdf_distance(values, cdf_of(declared), 1 / quantity.unit)
    require(
        statistic.cdf_holds(distance, n, slack=TABLE),
        f"the distribution of {name} is not {declared}",
        expected=most,
        got=distance,
    )


def _r17_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    found = []
    for name in _names("full"):
        document, cls = policy(name), augspec.ops()[name[3:].partition("/")[0]]
        if "alpha" not in cls.model_fields:
            found.append(Case(name=name, policy=document, key=61))
            continue
        for alpha in (1.0, 0.6, 5.0):
            ops = [{**op, "alpha": alpha} for op in document["ops"]]
            found.append(Case(name=f"{name} alpha {alpha}", policy={**document, "ops": ops}, key=61))
    return tuple(found)


def _together(subject: Subject, case: Case) -> str:
    del subject
    return "" if case.mixes else "its policy mixes no samples"


LAWS = (
    Law(
        "B9",
        "mixtures",
        ("T5", "R7", "C14", "C9", "C11"),
        "A mixed sample is made of itself and of the partners that key and ids name, of nobody else; each weighs as "
        "much in the image as in the label, and soft labels sum to one. One that its own gate leaves alone stays.",
        _b9,
        _b9_cases,
        _together,
    ),
    Law(
        "R18",
        "partners",
        ("R7", "R14"),
        "Partners are a permutation that leaves nobody alone and favours nobody; weights follow the declared beta "
        "distribution, and all that is drawn is drawn for each sample, or once for the batch.",
        _spread,
        _r17_cases,
        _together,
        scope="backend",
    ),
)
