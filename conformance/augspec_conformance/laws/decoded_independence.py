"""R15: parameters read from the pixels of one image are independent, of each other and of other samples'."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

import augspec
from augspec_conformance.cases.policies import document
from augspec_conformance.declared import cdf_of
from augspec_conformance.decoding import PROBES, SIZE, samples_for
from augspec_conformance.law import Case, Law, Tier
from augspec_conformance.laws.independence import (
    elsewhere,
    lagged,
    require_apart,
    require_independent,
    require_unrelated,
)
from augspec_conformance.subject import Subject

__all__ = ["LAWS"]

Array = npt.NDArray[Any]

_SHIFT = {"uniform": [-0.1, 0.12]}
_JOINT = document(
    {"op": "horizontal_flip", "p": 0.3},
    {"op": "translate", "x": _SHIFT, "y": _SHIFT, "border": "edge"},
    {"op": "brightness_shift", "delta": {"uniform": [-0.1, 0.2]}},
)


def _read(subject: Subject, case: Case, key: augspec.Key) -> dict[str, Array]:
    """Return what each sample's pixels say, mapped to (0, 1) by the declared CDF; the flip as 0 or 0.5.

    Red is a ramp to the right, green one downwards, blue is constant. In the middle of the image, where no border
    reaches, a shift moves a ramp's mean, a flip turns the slope of red, and a brightness moves all three.
    """
    probe = np.stack([PROBES["ramp_x"][..., 0], PROBES["ramp_y"][..., 0], np.full(SIZE, 0.5)], -1)
    slope = [probe[0, 1, 0] - probe[0, 0, 0], probe[1, 0, 1] - probe[0, 0, 1]]
    count = samples_for(subject)
    image = np.repeat(probe[None].astype(np.float32), count, 0)
    out = subject.call(case, {"image": image}, key=key, ids=range(count))["image"].astype(np.float64)
    inner = out[:, 3:-3, 3:-3]
    delta = inner[..., 2].mean((1, 2)) - 0.5
    flipped = inner[:, :, -1, 0].mean(1) < inner[:, :, 0, 0].mean(1)
    right = (0.5 + delta - inner[..., 0].mean((1, 2))) / slope[0] / SIZE[1]
    down = (0.5 + delta - inner[..., 1].mean((1, 2))) / slope[1] / SIZE[0]
    ops = case.policy["ops"]
    read = {
        "translate.x": cdf_of(ops[1]["x"])(np.where(flipped, -right, right)),
        "translate.y": cdf_of(ops[1]["y"])(down),
        "brightness_shift.delta": cdf_of(ops[2]["delta"])(delta),
        "horizontal_flip": np.where(flipped, 0.5, 0.0),
    }
    return {f"{name}, read from pixels": np.asarray(values) for name, values in read.items()}


def _independent(subject: Subject, case: Case) -> None:
    key = subject.key(case)
    here = _read(subject, case, key)
    gates = {"horizontal_flip, read from pixels": 0.3}
    require_independent(here, gates)
    for what, other in elsewhere(key).items():
        require_unrelated(here, _read(subject, case, other), gates, what)
    one = {name: values for name, values in here.items() if name not in gates}
    for lag in (2**i for i in range(20) if 2 ** (i + 1) <= samples_for(subject)):
        firsts, seconds = lagged(one, lag)
        for name in one:
            require_apart(firsts[name], seconds[name], f"{name} of samples {lag} places apart")


def _independent_cases(tier: Tier) -> tuple[Case, ...]:
    return () if tier == "kat" else (Case(name="pixels", policy=_JOINT, key=2025, signature="large-f32"),)


LAWS = (
    Law(
        "R15",
        "independence in pixels",
        ("R5", "R6", "R8", "C14"),
        "Parameters that are read back from pixels are independent of each other and of other ids, seeds and epochs.",
        _independent,
        _independent_cases,
        scope="backend",
    ),
)
