"""N: values of pixels, against the NumPy reference and against the float64 oracle."""

from __future__ import annotations

from typing import Any

import numpy as np

from augspec_conformance import tolerances
from augspec_conformance.cases.catalogue import CORE_FLOAT, CORE_INTEGER, grid
from augspec_conformance.cases.policies import accepts, policy_names
from augspec_conformance.cases.probes import sample_of
from augspec_conformance.law import Case, Law, Tier, require, require_equal
from augspec_conformance.laws import algebra, certain, nonfinite, pairs
from augspec_conformance.laws.compare import require_alike
from augspec_conformance.laws.ideal import against_ideal, anchored, anchored_cases, ideal_cases
from augspec_conformance.laws.limits import limit_cases
from augspec_conformance.subject import Subject, reference

__all__ = ["LAWS"]


def _values(subject: Subject, case: Case) -> None:
    (against_ideal if case.context.get("against") == "oracle" else _against_reference)(subject, case)


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


def _of_any_bands() -> tuple[str, ...]:
    """Return the pointwise ops and filters that take images of thirteen channels."""
    return tuple(name for name in policy_names() if name.startswith("op:") and accepts(name, "bands-u8"))


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
        found += grid(
            "N1", tier, signatures=("small-bf16", "small-f64", "four-u8", "row-u8", "column-f32", "dot-u8"), every=2
        )
        found += grid(
            "N1",
            tier,
            names=("mix:train", "mix:steps", "mix:crop"),
            signatures=("medium-f32",),
            context={"options": {"value_range": [-1.0, 1.0]}},
        )
        found += grid("N1", tier, signatures=("medium-u8",), probe="extremes", every=2)
        found += grid("N1", tier, names=_of_any_bands(), signatures=("bands-u8",), targets=("image",), reach="eager")
    return tuple(found)


LAWS = (
    Law(
        "N1",
        "values",
        ("C1", "C2", "C7", "E1", "E4", "E5", "E7", "E8"),
        "Integers equal the NumPy reference, floats stay within their class, and both near the float64 ideal (E8).",
        _values,
        lambda tier: (*limit_cases(tier), *_n1_cases(tier), *ideal_cases(tier)),
        search=True,
    ),
    Law(
        "N2",
        "accuracy",
        ("C2", "E8"),
        "In every float dtype the error from the float64 ideal is no worse than the reference's own.",
        anchored,
        anchored_cases,
    ),
    *nonfinite.LAWS,
    *certain.LAWS,
    *algebra.LAWS,
    *pairs.LAWS,
)
