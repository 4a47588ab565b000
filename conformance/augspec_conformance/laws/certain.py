"""N7 and N9: what must change nothing, and what must change something.

Where nothing may change, floating images hold more than colours: values outside of the range, both zeros, infinities
and NaN. What clamps them, or adds 0 to them, is seen.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import augspec
from augspec_conformance.cases.catalogue import ALL_TARGETS, CORE_FLOAT, CORE_INTEGER, case
from augspec_conformance.cases.policies import (
    COMBINATORS,
    document,
    fitting,
    fitting_targets,
    mixes,
    op_document,
    op_names,
    op_of,
)
from augspec_conformance.cases.probes import sample_of, soft, wild
from augspec_conformance.declared import ends
from augspec_conformance.law import Case, Law, Tier, require
from augspec_conformance.laws.compare import require_bits, require_results_alike
from augspec_conformance.subject import Subject
from augspec_conformance.tolerances import DRAWS

__all__ = ["LAWS"]

_STRONG: tuple[dict[str, Any], ...] = (
    {"op": "horizontal_flip"},
    {"op": "rotate", "degrees": 30},
    {"op": "brightness_scale", "factor": 0.5},
    {"op": "gaussian_blur", "sigma": 1.0},
)
"""Ops, one of each kind of stage that has gates, whose parameters leave no noise image as it is."""


_MOVING: tuple[dict[str, Any], ...] = (
    {"op": "horizontal_flip"},
    {"op": "rotate", "degrees": 30},
    {"op": "random_erasing"},
    {"op": "lens", "k1": 0.3},
)
"""Ops, one of each kind of stage that moves or hides boxes and keypoints."""


def _unchanged(subject: Subject, case: Case) -> None:
    sample = sample_of(case)
    image = sample["image"]
    if image.dtype.kind == "f":
        sample["image"] = wild(image.shape, image.dtype, case.probe_seed)
    out = subject.call(case, sample)
    for name, value in sample.items():
        as_it_was, got = soft(value) if name == "label" and case.mixes else value, out[name]
        if case.rows > 1 and name in ("boxes", "keypoints"):  # rows of others would follow
            rest = out["boxes_valid" if name == "boxes" else "keypoints_visible"][:, value.shape[1] :]
            require(not rest.any(), f"{case.context['why']}: {name} of other samples", where=_first(rest))
            got = got[:, : value.shape[1]]
        require_bits(got, as_it_was, f"{case.context['why']}: {name}")


def _first(wrong: Any) -> tuple[int, ...] | None:
    return tuple(int(i) for i in np.argwhere(wrong)[0]) if wrong.any() else None


def _n7_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    found: list[tuple[str, str, list[dict[str, Any]]]] = []
    every: list[dict[str, Any]] = []
    for name in op_names():
        cls = augspec.ops()[name]
        neutral = _neutral(name)
        if neutral is None:
            continue
        every += [neutral[-1]] if len(found) % 3 == 0 and cls.stage != "combinator" else []
        found += [
            (f"{name} {signature}", signature, [op]) for op in neutral for signature in (CORE_INTEGER, CORE_FLOAT)
        ]
    chains = {"op": "augmix", "alpha": 1.0, "ops": [{"op": "brightness_scale", "factor": 1.0}]}
    found += [("augmix of neutral members", CORE_FLOAT, [chains])]  # all of its weights count, and nothing is added
    # One function for compiled modes: all of them in a row.
    found += [(f"all {signature}", signature, every) for signature in (CORE_INTEGER, CORE_FLOAT)]
    return tuple(
        case("N7", "op:rotate", signature, tier=tier).with_(
            name=name,
            policy=document(*ops),
            targets=fitting_targets(document(*ops), ALL_TARGETS),
            reach="graph" if ops is every and tier == "full" else "eager",
            context={"why": "a neutral parameter"},
        )
        for name, signature, ops in found
    )


def _neutral(name: str) -> list[dict[str, Any]] | None:
    """Return documents in which each parameter that can be neutral is, as the op's own model says."""
    base = op_document(name)
    marks = op_of(base).neutral()
    if not marks:
        return None
    marks = {field: value for field, value in marks.items() if field in base}
    return [{**base, **marks}, {**base, **marks, "p": 0.5}]


def _gates(subject: Subject, case: Case) -> None:
    kind = case.context["kind"]
    if kind == "never":
        _never(subject, case)
    elif kind == "unchanged":
        _unchanged(subject, case)
    elif kind == "always":
        _always(subject, case)
    elif kind == "wide":
        _wide(subject, case)
    elif kind == "members":
        _members(subject, case)
    else:
        _each(subject, case)


def _gate_of(case: Case) -> str:
    return f"sample/{case.policy['ops'][0]['op']}#0/apply"


def _never(subject: Subject, case: Case) -> None:
    """A gate with p = 0 is one like any other, which no draw opens."""
    drawn = subject.draw(case, range(DRAWS))
    path = _gate_of(case)
    require(path in drawn, "p = 0 draws no gate", expected=path, got=sorted(drawn))
    applied = np.asarray(drawn[path]) != 0
    require(not applied.any(), f"p = 0 was applied ({path})", where=int(np.argmax(applied)), expected=0, got=1)


def _always(subject: Subject, case: Case) -> None:
    """With p = 1, an op is the op without p where that is its default, and changes every sample.

    Whether it changes one is asked at the low ends of its ranges: a value drawn next to neutral may change no pixel.
    """
    drawn, path = subject.draw(case, range(DRAWS)), _gate_of(case)
    if path in drawn:
        applied = np.asarray(drawn[path]) == 1
        require(applied.all(), f"p = 1 was not applied ({path})", where=int(np.argmin(applied)), expected=1, got=0)
    sample = sample_of(case)
    out = subject.call(case, sample)
    op = case.policy["ops"][0]
    if augspec.ops()[op["op"]].changes == "always":
        _require_changed(subject.call(case.with_(policy=document(_lowest(op))), sample)["image"], sample["image"])
    if augspec.ops()[op["op"]].model_fields["p"].default == 1:
        plain = {name: value for name, value in op.items() if name != "p"}
        other = subject.call(case.with_(policy=document(plain)), sample)
        require_results_alike(case, out, other, "p = 1 against the op without p")


def _lowest(op: dict[str, Any]) -> dict[str, Any]:
    """Return an op with constants: the low ends of its ranges, or the high ones where the low ones are neutral."""
    found = dict(op)
    for name, mark in augspec.ops()[op["op"]].parameters():
        if isinstance(op.get(name), dict):
            low, high = ends(op[name])
            found[name] = high if low == mark.quantity.neutral else low
    return found


def _each(subject: Subject, case: Case) -> None:
    """Tiny images, as many as a statistical test has draws: a gate that stays shut once is seen."""
    rng = np.random.Generator(np.random.Philox(key=[case.probe_seed, 1]))
    image = rng.integers(0, 256, (DRAWS, 3, 4, 3), np.uint8)
    out = subject.call(case, {"image": image}, ids=range(DRAWS))["image"]
    _require_changed(out, image)


def _wide(subject: Subject, case: Case) -> None:
    """Samples whose gate stays shut keep all, beside those whose gate opens.

    Boxes and keypoints keep the digits that float32 has no place for, and pixels what is no colour.
    """
    path, count = _gate_of(case), 8
    _, h, w, c = sample_of(case)["image"].shape
    side = np.arange(1, 2 * count + 1).reshape(count, 2, 1) / 7
    given = {
        "image": wild((count, h, w, c), np.float32, case.probe_seed),
        "boxes": np.concatenate([side, side / 3, side + 1.1, side + 2.3], 2),
        "keypoints": np.concatenate([side, side + 0.1], 2),
    }
    native = subject.native(case, given)
    before, shut = subject.numpy(case, native), np.asarray(subject.draw(case, range(count))[path]) == 0
    out = subject.numpy(case, subject.of(case)(subject.key(case), native, range(count)))
    for name in given:
        require_bits(out[name][shut], before[name][shut], f"{name} of samples to which nothing was applied")


def _members(subject: Subject, case: Case) -> None:
    """Draw from more members than a signed byte can number: each adds a level more than the one before."""
    count = case.context["members"]
    members = [{"op": "brightness_shift", "delta": (i + 1) / 255} for i in range(count)]
    one = case.with_(policy=document(), signature="grey-u8")
    run = subject.augmenter(document({"op": "one_of", "ops": members}), layout=subject.claimed("NHWC"))
    image = subject.native(one, {"image": np.zeros((4 * count, 2, 2, 1), np.uint8)})
    ids = range(4 * count)
    drawn = np.asarray(run.draw(subject.key(case), ids).numpy()["sample/one_of#0/branch"])
    require(int(drawn.max()) >= count - count // 8, "the last members are drawn", got=int(drawn.max()))
    out = subject.numpy(one, run(subject.key(case), image, ids))["image"]
    expected = np.broadcast_to((drawn + 1).astype(np.uint8)[:, None, None, None], out.shape)
    require_bits(out, expected, f"samples that drew one of {count} members")


def _require_changed(out: Any, image: Any) -> None:
    if out.shape != image.shape:
        return
    same = (out == image).reshape(len(image), -1).all(1)
    require(
        not same.any(),
        "p = 1 left a sample as it was",
        where=int(np.argmax(same)),
        expected=f"{len(same)} changed samples",
        got=f"{int((~same).sum())}",
    )


def _n9_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    found: list[Case] = []
    every: list[dict[str, Any]] = []
    for name in op_names():
        if augspec.ops()[name].stage == "type" or not _keeps_size(name):
            continue
        small = CORE_INTEGER if op_of(op_document(name)).stage != "pointwise" else "medium-u8"  # statistics need pixels
        base, float_ = (
            case("N9", f"op:{name}", fitting(f"op:{name}", signature) or signature, tier=tier).with_(reach="eager")
            for signature in (small, CORE_FLOAT)
        )
        op = base.policy["ops"][0]
        never, always = document({**op, "p": 0.0}), document({**op, "p": 1.0})
        joins = name not in COMBINATORS and not mixes(never)
        every += never["ops"] if joins and fitting(f"op:{name}", small) == small else []
        found += [
            one.with_(name=f"{one.name} never", policy=never, context={"kind": "unchanged", "why": "p = 0"})
            for one in (base, float_)
        ]
        found += [base.with_(name=f"{base.name} gate", policy=never, context={"kind": "never"})]
        if name not in COMBINATORS:  # their members have gates of their own
            found += [
                one.with_(name=f"{one.name} always", policy=always, probe="dull", context={"kind": "always"})
                for one in (base, float_)
            ]
    few = ("rotate", "brightness_scale")  # at smoke, and no targets: a compiler takes a second for each warp or filter
    some = every[:: max(1, len(every) // 14)] if tier == "full" else [op for op in every if op["op"] in few]
    all_of_them = case("N9", "mix:train", tier=tier).with_(name="all", policy=document(*some), reach="graph")
    if tier == "smoke":
        all_of_them = all_of_them.with_(targets=("image",))
    found += [all_of_them.with_(context={"kind": "unchanged", "why": "p = 0"})]
    found += [
        Case(name=f"{op['op']} every sample", policy=document({**op, "p": 1.0}), key=9, context={"kind": "each"})
        for op in _STRONG
    ]
    if tier == "full":
        found += [Case(name="many members", context={"kind": "members", "members": 140})]
        found += [
            Case(
                name=f"{op['op']} wide floats {'never' if p == 0 else 'some'}",
                policy=document({**op, "p": p}),
                signature="small-f32",
                targets=("image", "boxes", "keypoints"),
                context={"kind": "wide"},
            )
            for op in (*_MOVING, *_STRONG[2:])
            for p in (0.0, 0.5)
        ]
    return tuple(found)


def _keeps_size(name: str) -> bool:
    return not augspec.ops()[name].resizes


LAWS = (
    Law(
        "N7",
        "neutral is identity",
        ("C11",),
        "Every op at its neutral parameters gives the sample back, bit for bit: floats of no colour as well.",
        _unchanged,
        _n7_cases,
    ),
    Law(
        "N9",
        "certain gates",
        ("C9", "C11", "R10", "R11"),
        "p = 0 never applies and changes nothing, not even floats that are no colour; p = 1 always applies, as if p "
        "were left out where 1 is default; of many members, the one that is drawn.",
        _gates,
        _n9_cases,
    ),
)
