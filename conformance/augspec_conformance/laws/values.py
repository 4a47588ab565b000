"""N: values of pixels, against the NumPy reference and against the float64 oracle."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

import augspec
from augspec.normalize import normalized_dict
from augspec_conformance import tolerances
from augspec_conformance.cases.catalogue import CORE_FLOAT, CORE_INTEGER, case, grid
from augspec_conformance.cases.policies import COMBINATORS, document, op_names, policy_names
from augspec_conformance.cases.probes import sample_of
from augspec_conformance.cases.signatures import SIGNATURES
from augspec_conformance.headroom import spend, within
from augspec_conformance.law import Case, Law, Tier, require, require_equal
from augspec_conformance.laws.shape import require_alike
from augspec_conformance.oracle import run as oracle
from augspec_conformance.subject import Subject, reference

__all__ = ["LAWS", "grown", "ideal"]


def _values(subject: Subject, case: Case) -> None:
    (_against_oracle if case.context.get("against") == "oracle" else _against_reference)(subject, case)


def _against_reference(subject: Subject, case: Case) -> None:
    sample = sample_of(case)
    out, expected = subject.call(case, sample), reference().call(case, sample)
    require(set(out) == set(expected), "the entries", expected=sorted(expected), got=sorted(out))
    for name, value in expected.items():
        if name == "image":
            require_alike(case, out[name], value, "pixels against the NumPy reference")
        elif name in ("boxes", "keypoints"):
            _near(out[name], value, tolerances.COORDINATE_BETWEEN, f"{name} against the NumPy reference")
        elif name == "keypoints_visible":
            _visible(out, expected, case)
        else:
            require_equal(out[name], value, f"{name} against the NumPy reference")


def _near(got: Any, expected: Any, bound: float, reason: str) -> None:
    a, b = np.asarray(got, np.float64), np.asarray(expected, np.float64)
    require(a.shape == b.shape, f"{reason}: shapes", expected=b.shape, got=a.shape)
    ok = tolerances.close(a, b, bound)
    if not ok.all():
        where = tuple(int(i) for i in np.argwhere(~ok)[0])
        require(
            False, f"{reason}: more than {bound:g} apart", where=where, expected=float(b[where]), got=float(a[where])
        )


def _visible(out: dict[str, Any], expected: dict[str, Any], case: Case) -> None:
    _, height, width, _ = expected["image"].shape
    points = expected["keypoints"]
    away = np.minimum(np.abs(points), np.abs(points - np.array([width, height]))).min(-1)
    unclear = away <= tolerances.BOUNDARY
    wrong = (out["keypoints_visible"] != expected["keypoints_visible"]) & ~unclear
    require(
        not wrong.any(),
        f"keypoints_visible of {case.name}",
        where=tuple(int(i) for i in np.argwhere(wrong)[0]) if wrong.any() else None,
    )


def ideal(subject: Subject, case: Case, sample: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the oracle's result for each sample, given the subject's own draws: wrong pixels, not wrong draws."""
    normal = normalized_dict(augspec.loads(json.dumps(case.policy)))
    human = subject.draw(case).human()
    sig = SIGNATURES[case.signature]
    options = case.context.get("options", {})
    low, high = options.get("value_range", (0.0, 1.0))
    found = []
    for i in range(sig.shape[0]):
        entries = {name: value[i] for name, value in sample.items()}
        image = entries["image"].astype(np.float64)
        entries["image"] = image / sig.top if sig.integer else (image - low) / (high - low)
        values = {path: value[i] for path, value in human.items()}
        found.append(oracle(normal, values, entries))
    return found


def _against_oracle(subject: Subject, case: Case) -> None:
    sample, sig = sample_of(case), SIGNATURES[case.signature]
    out, ideals = subject.call(case, sample), ideal(subject, case, sample)
    image = np.stack([entry["image"] for entry in ideals])
    got = out["image"].astype(np.float64)
    share = tolerances.NEAREST_SHARE if '"nearest"' in json.dumps(case.policy) else 0.0
    if sig.dtype == "uint8" and out["image"].dtype == np.uint8:
        most, mean = tolerances.levels(case.policy)
        distance = np.abs(got - image * 255.0)
        _within(
            distance, most + 1e-9, share, image * 255.0, got, f"E8: more than {most:g} levels from the float64 ideal"
        )
        far = distance[distance <= most + 1e-9]
        if case.context.get("mean") and far.size:
            require(
                within(far.mean(), mean),
                "E8: mean distance from the float64 ideal",
                expected=f"at most {mean}",
                got=float(far.mean()),
            )
    else:
        low, high = case.context.get("options", {}).get("value_range", (0.0, 1.0))
        span = 1.0 if sig.integer else float(high - low)
        if tolerances.class_of(case.policy) != "normalize":
            image = image * span + (0.0 if sig.integer else low)
        if out["image"].dtype == np.uint16:
            got = got / sig.top
        bound = tolerances.against_oracle(case.policy, sig.dtype, image.shape[1], image.shape[2]) * span
        _within(np.abs(got - image), bound, share, image, got, f"more than {bound:.3g} from the float64 ideal")
    if "mask" in out:
        wrong = float(np.mean([np.mean(entry["mask"] != out["mask"][i]) for i, entry in enumerate(ideals)]))
        most = tolerances.NEAREST_SHARE if tolerances.class_of(case.policy) != "move" else 0.0
        require(
            within(wrong, most),
            "mask: share of pixels that differ from the float64 ideal",
            expected=f"at most {most}",
            got=wrong,
        )
    if "boxes" in out:
        bound = tolerances.coordinate(image.shape[1], image.shape[2])
        for name in ("boxes", "keypoints"):
            _near(out[name], np.stack([entry[name] for entry in ideals]), bound, f"{name} against the float64 ideal")


def _within(distance: Any, bound: float, share: float, expected: Any, got: Any, reason: str) -> None:
    bad = distance > bound
    if share:
        spend(bad.mean(), share)
    else:
        spend(distance, bound)
    if bad.mean() > share:
        where = tuple(int(i) for i in np.argwhere(bad)[0])
        require(
            False,
            f"{reason}: {int(bad.sum())} of {bad.size} pixels",
            where=where,
            expected=float(expected[where]),
            got=float(got[where]),
        )


def _n1_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    full = tier == "full"
    names = policy_names(with_variants=True)
    extra = tuple(name for name in names if "/" in name)
    found = [*grid("N1", tier, signatures=(CORE_INTEGER, CORE_FLOAT))]
    found += grid("N1", tier, names=extra, signatures=("medium-u8", "medium-f32"), every=1 if full else 3)
    found += grid(
        "N1", tier, signatures=("medium-u8", "grey-u8", "small-u16", "small-f16"), every=1 if full else 4, probe="blobs"
    )
    if full:
        found += grid("N1", tier, signatures=("small-bf16", "four-u8", "row-u8", "column-f32", "dot-u8"), every=2)
        found += grid(
            "N1",
            tier,
            names=("mix:train", "mix:steps", "mix:crop"),
            signatures=("medium-f32",),
            context={"options": {"value_range": [-1.0, 1.0]}},
        )
        found += grid("N1", tier, signatures=("medium-u8",), probe="extremes", every=2)
    return tuple(found)


def _n1_oracle(tier: Tier) -> tuple[Case, ...]:
    full = tier == "full"
    names = policy_names(with_variants=full)
    against: dict[str, Any] = {"against": "oracle"}
    ops = tuple(name for name in names if name.startswith("op:"))
    found = [
        *grid("N1", tier, names=names, signatures=("medium-u8",), probe="ramp", context=against, every=1 if full else 2)
    ]
    found += grid(
        "N1", tier, names=names, signatures=("medium-f32",), probe="blobs", context=against, every=1 if full else 2
    )
    found += grid(
        "N1", tier, names=ops, signatures=("many-u8",), context={**against, "mean": True}, every=1 if full else 3
    )
    found += grid("N1", tier, names=policy_names(), signatures=(CORE_INTEGER, CORE_FLOAT), context=against)
    return tuple(c.with_(name=f"{c.name} oracle") for c in found)


def _finite(x: Any) -> Any:
    return np.isfinite(np.asarray(x, np.float64))


def _local(subject: Subject, case: Case) -> None:
    sample = sample_of(case)
    image = sample["image"]
    at = np.argwhere(np.isnan(image))[0]
    plain, other = np.array(image), np.array(image)
    plain[tuple(at)], other[tuple(at)] = 0.25, 0.75
    out = subject.call(case, {**sample, "image": image})["image"]
    low = subject.call(case, {**sample, "image": plain})["image"]
    high = subject.call(case, {**sample, "image": other})["image"]
    missing = ~_finite(out)
    reached = low != high
    require(not missing[1:].any(), "a NaN of the first sample reached another sample")
    lost = reached & ~missing
    require(
        not lost.any(),
        "a pixel whose value depends on the NaN is finite",
        where=tuple(int(i) for i in np.argwhere(lost)[0]) if lost.any() else None,
        expected="NaN",
    )
    if case.context["local"]:
        extra = missing[0].any(-1) & ~grown(reached[0].any(-1), case.context["local"])
        require(
            not extra.any(),
            "a NaN reached a pixel outside its footprint",
            where=tuple(int(i) for i in np.argwhere(extra)[0]) if extra.any() else None,
            expected="finite",
            got="NaN",
        )
    same = ~missing & ~reached
    require(bool((out[same] == low[same]).all()), "a NaN changed a pixel outside its footprint")


def grown(area: Any, steps: int, *, beyond: bool = False) -> Any:
    """Return an area (H, W) and all within some steps of it; `beyond` says whether what lies beyond belongs to it."""
    for _ in range(steps):
        padded = np.pad(area, 1, constant_values=beyond)
        rows = padded[:-2] | padded[1:-1] | padded[2:]
        area = rows[:, :-2] | rows[:, 1:-1] | rows[:, 2:]
    return area


_STATISTICS = ("contrast", "colour", "train", "steps")


def _n5_cases(tier: Tier) -> tuple[Case, ...]:
    found = []
    for one in grid("N5", tier, names=None, signatures=("odd-f32",), probe="nan_at"):
        name = one.name.split()[0]
        local = 0 if any(word in name for word in _STATISTICS) else 6
        found.append(one.with_(context={"local": local}))
    return tuple(found)


def _unchanged(subject: Subject, case: Case) -> None:
    sample = sample_of(case)
    out = subject.call(case, sample)
    for name, value in sample.items():
        require_equal(out[name], value, f"{case.context['why']}: {name}")


def _n7_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    found: list[tuple[str, str, list[dict[str, Any]]]] = []
    every: list[dict[str, Any]] = []
    for name in op_names():
        cls = augspec.ops()[name]
        neutral = _neutral(name)
        if cls.stage == "combinator" or neutral is None:
            continue
        every += [neutral[-1]] if len(found) % 3 == 0 else []
        found += [
            (f"{name} {signature}", signature, [op]) for op in neutral for signature in (CORE_INTEGER, CORE_FLOAT)
        ]
    # One function for compiled modes: all of them in a row.
    found += [(f"all {signature}", signature, every) for signature in (CORE_INTEGER, CORE_FLOAT)]
    return tuple(
        case("N7", "op:rotate", signature, tier=tier).with_(
            name=name,
            policy=document(*ops),
            reach="graph" if ops is every and tier == "full" else "eager",
            context={"why": "a neutral parameter"},
        )
        for name, signature, ops in found
    )


def _neutral(name: str) -> list[dict[str, Any]] | None:
    """Return documents in which each parameter that can be neutral is, found from the op's own model."""
    from augspec_conformance.cases.policies import op_document

    cls, base = augspec.ops()[name], op_document(name)
    marks = {field: mark.quantity.neutral for field, mark in cls.parameters() if field in base}
    if not marks or any(value is None for value in marks.values()):
        return None
    return [{**base, **marks}, {**base, **marks, "p": 0.5}]


def _gates(subject: Subject, case: Case) -> None:
    if case.context.get("p") is None:
        _unchanged(subject, case)
        return
    ids = range(16_384)
    drawn = subject.augmenter(case.policy).draw(subject.key(case), ids).numpy()
    own = f"sample/{case.policy['ops'][0]['op']}#0/apply"
    for path, value in drawn.items():
        if path == own:
            require(
                not np.asarray(value).any(),
                f"p = 0 was applied ({path})",
                where=int(np.argmax(value)),
                expected=0,
                got=1,
            )
    sure = {**case.policy, "ops": [{**op, "p": 1.0} for op in case.policy["ops"]]}
    paths = [path for path in subject.augmenter(sure).draw(0, ids) if path == own]
    for path in paths:
        applied = np.asarray(subject.augmenter(sure).draw(0, ids).numpy()[path])
        require(applied.all(), f"p = 1 was not applied ({path})", where=int(np.argmin(applied)), expected=1, got=0)


def _n9_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    found: list[Case] = []
    every: list[dict[str, Any]] = []
    for name in op_names():
        if hasattr(augspec.ops()[name], "output_size") and not getattr(augspec.ops()[name], "mirrors", None):
            continue
        if augspec.ops()[name].stage == "type":
            continue
        base = case("N9", f"op:{name}", tier=tier)
        policy = document({**base.policy["ops"][0], "p": 0.0})
        every += policy["ops"] if name not in COMBINATORS else []
        found.append(base.with_(policy=policy, context={"why": "p = 0"}, reach="eager"))
        float_ = case("N9", f"op:{name}", CORE_FLOAT, tier=tier)
        found.append(float_.with_(policy=policy, context={"why": "p = 0"}, reach="eager"))
        found.append(base.with_(policy=policy, context={"p": 0}, reach="eager"))
    all_of_them = case("N9", "mix:train", tier=tier).with_(name="all", policy=document(*every[::3]), reach="graph")
    return (*found, all_of_them.with_(context={"why": "p = 0"}))


def _fixed_point(subject: Subject, case: Case) -> None:
    sample = sample_of(case)
    out, image = subject.call(case, sample)["image"], sample["image"]
    expected = np.broadcast_to(image[:, :1, :1], out.shape)
    if image.dtype == np.uint8:
        require_equal(out, expected, "a constant image")
    else:
        require_alike(case, out, expected, "a constant image")


def _n10_cases(tier: Tier) -> tuple[Case, ...]:
    names = [
        name
        for name in policy_names(with_variants=tier == "full")
        if name.startswith("op:") and augspec.ops()[name[3:].partition("/")[0]].stage in ("filter", "resample")
    ]
    names += [
        f"op:{op}/border={border}" for op in ("rotate", "translate", "scale") for border in ("edge", "mirror", "wrap")
    ]
    return grid("N10", tier, names=tuple(names), signatures=("medium-u8", "medium-f32"), probe="constant")


def _n6(subject: Subject, case: Case) -> None:
    sample = sample_of(case)
    image = sample["image"]
    image.flat[::7], image.flat[1::7], image.flat[2::7] = 1e-40, -0.0, 1.0
    out = subject.call(case, sample)["image"]
    require(_finite(out).all(), "finite pixels became infinite or NaN")


LAWS = (
    Law(
        "N1",
        "values",
        ("C2", "E1", "E4", "E7", "E8"),
        "Integers equal the NumPy reference, floats stay within their class, and both near the float64 ideal (E8).",
        _values,
        lambda tier: (*_n1_cases(tier), *_n1_oracle(tier)),
        search=True,
    ),
    Law(
        "N5",
        "NaN stays local",
        ("C13",),
        "A NaN reaches exactly the pixels whose footprint holds it.",
        _local,
        _n5_cases,
    ),
    Law(
        "N6",
        "finite stays finite",
        ("C3",),
        "Finite pixels, denormals and negative zero included, stay finite.",
        _n6,
        lambda tier: grid("N6", tier, signatures=(CORE_FLOAT,)),
    ),
    Law(
        "N7",
        "neutral is identity",
        ("C11",),
        "Every op at its neutral parameters gives the sample back, bit for bit.",
        _unchanged,
        _n7_cases,
    ),
    Law(
        "N9",
        "certain gates",
        ("C9", "C11", "R10"),
        "p = 0 never applies and changes nothing; p = 1 always applies.",
        _gates,
        _n9_cases,
    ),
    Law(
        "N10",
        "constants stay",
        ("E7", "C8"),
        "A constant image is a fixed point of filters, of resampling and of borders that continue it.",
        _fixed_point,
        _n10_cases,
    ),
)
