"""Comparing results: bit for bit, or as near as the policy's numeric class allows."""

from __future__ import annotations

from typing import Any

import numpy as np

from augspec_conformance import statistic
from augspec_conformance.cases.signatures import SIGNATURES
from augspec_conformance.declared import cdf_of
from augspec_conformance.headroom import within
from augspec_conformance.law import Case, require, require_equal
from augspec_conformance.subject import Subject
from augspec_conformance.tolerances import COORDINATE_BETWEEN, TABLE, between_backends, class_of, close

__all__ = [
    "require_alike",
    "require_bits",
    "require_follows",
    "require_match",
    "require_results_alike",
    "require_same",
]


def require_same(got: dict[str, Any], expected: dict[str, Any], reason: str) -> None:
    """Demand the same entries in the same order, and every bit of their arrays."""
    require(list(got) == list(expected), f"{reason}: other entries", expected=list(expected), got=list(got))
    for name, value in expected.items():
        if isinstance(value, np.ndarray):
            require_equal(got[name], value, f"{reason}: {name}")


def require_bits(got: Any, expected: Any, reason: str) -> None:
    """Demand equality of all that C11 keeps: shape, dtype, values, and the sign of every zero (NaN equals NaN)."""
    require_equal(got, expected, reason)
    a, b = np.asarray(got), np.asarray(expected)
    if a.dtype.kind != "f":
        return
    turned = (b == 0) & (np.signbit(a) != np.signbit(b))
    where = tuple(int(i) for i in np.argwhere(turned)[0]) if turned.any() else None
    require(
        where is None,
        f"{reason}: {int(turned.sum())} zeros have the other sign",
        where=where,
        expected=float(b[where]) if where else None,
        got=float(a[where]) if where else None,
    )


def require_alike(case: Case, got: Any, expected: Any, reason: str) -> None:
    """Demand equality of uint8 images, and closeness within the policy's class of floats and of uint16 (C2).

    Floats that a change of type made of a uint8 image are equal, too: they come from a table (E6).
    """
    a, b = np.asarray(got), np.asarray(expected)
    looked_up = class_of(case.policy) == "normalize" and SIGNATURES[case.signature].dtype == "uint8"
    if looked_up or (b.dtype.kind not in "fV" and b.dtype != np.uint16):
        require_equal(a, b, reason)
        return
    require(a.shape == b.shape, f"{reason}: shapes differ", expected=b.shape, got=a.shape)
    low, high = case.context.get("options", {}).get("value_range", (0.0, 1.0))
    if b.dtype == np.uint16:
        require(a.dtype == b.dtype, f"{reason}: dtypes differ", expected=str(b.dtype), got=str(a.dtype))
        low, high = 0.0, 65535.0
    bound = between_backends(case.policy, SIGNATURES[case.signature].dtype, float(high - low))
    ok = close(a, b, bound)
    if not ok.all():
        where = tuple(int(i) for i in np.argwhere(~ok)[0])
        require(
            False,
            f"{reason}: {int((~ok).sum())} of {ok.size} pixels are more than {bound:.3g} apart",
            where=where,
            expected=float(b[where]),
            got=float(a[where]),
        )


def require_results_alike(case: Case, got: dict[str, Any], expected: dict[str, Any], reason: str) -> None:
    """Demand the same result of two modes or functions: integers and masks equal, floats within their class."""
    require(set(got) == set(expected), f"{reason}: the entries", expected=sorted(expected), got=sorted(got))
    for name, value in expected.items():
        if name in ("boxes", "keypoints"):
            require(
                got[name].shape == value.shape, f"{reason}: shape of {name}", expected=value.shape, got=got[name].shape
            )
            distance = float(np.abs(got[name].astype(np.float64) - value).max(initial=0.0))
            require(
                within(distance, COORDINATE_BETWEEN),
                f"{reason}: {name}",
                expected=f"within {COORDINATE_BETWEEN}",
                got=distance,
            )
        elif name == "image":
            require_alike(case, got[name], value, f"{reason}: {name}")
        else:
            require_equal(got[name], value, f"{reason}: {name}")


def require_match(subject: Subject, case: Case, got: dict[str, Any], expected: dict[str, Any], reason: str) -> None:
    """Demand every bit where nothing is compiled; compilers may vectorise floats otherwise for another batch size."""
    if subject.cost == "eager":
        require_same(got, expected, reason)
    else:
        require_results_alike(case, got, expected, reason)


def require_follows(values: Any, distribution: dict[str, Any], width: float, what: str) -> None:
    """Demand that values on a grid of a width have a continuous distribution."""
    distance = statistic.cdf_distance(values, cdf_of(distribution), width)
    most = statistic.cdf_envelope(len(values)) + TABLE
    require(
        statistic.cdf_holds(distance, len(values), slack=TABLE),
        f"{what} is not {distribution}",
        expected=f"a distance of at most {most:.4f}",
        got=distance,
    )
