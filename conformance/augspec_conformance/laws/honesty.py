"""J4 and J6: what the language refuses every backend refuses, and capabilities are true in both directions."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

import augspec
from augspec_conformance.cases.policies import document
from augspec_conformance.cases.probes import sample_of
from augspec_conformance.cases.signatures import SIGNATURES
from augspec_conformance.law import Case, Law, Tier, require
from augspec_conformance.subject import Subject, Unclaimed

__all__ = ["LAWS"]

_MODES = ("eager", "compiled", "graph", "xla", "jit")
_LAYOUTS = ("NHWC", "NCHW", "CHWN", "NWHC")


def _refused_alike(subject: Subject, case: Case) -> None:
    """A policy that no backend can compute exactly is refused when it is compiled, and the error names the same op."""
    path = case.context["path"]
    policy = augspec.loads(json.dumps(case.policy))
    try:
        subject.backend.compile(policy, mode=subject.mode)
    except augspec.PolicyError as error:
        require(error.path == path, "the error names another place", expected=path, got=error.path)
        require(len(error.allowed) > 10, "the error does not say what is allowed", got=str(error))
        return
    require(
        False, "a policy beyond the exact domain is compiled", expected=f"PolicyError at {path}", got="an augmenter"
    )


def _j4_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    turn = {"op": "rotate", "degrees": 5}
    small, both = {"op": "scale", "factor": 0.125}, {"op": "scale", "factor": {"uniform": [0.125, 8]}}
    shear = {"op": "shear", "x": 2, "y": 2}
    brighter = {"op": "brightness_scale", "factor": 0.5}
    wrong: dict[str, tuple[dict[str, Any], str]] = {
        "shrinks 64 times": (document(small, small), "ops[1]"),
        "both ways": (document({"op": "translate", "x": 0.1}, both, both), "ops[2]"),
        "shears twice": (document(shear), "ops[0]"),
        "later": (document(turn, brighter, small, small), "ops[3]"),
        "affine": (document({"op": "affine", "degrees": 3, "scale": 8, "shear_x": 2, "shear_y": 2}), "ops[0]"),
    }
    return tuple(Case(name=name, policy=policy, context={"path": path}) for name, (policy, path) in wrong.items())


def _honest(subject: Subject, case: Case) -> None:
    checks = {"claims": _claims, "dtype": _dtype, "options": _options, "gradient": _gradient}
    checks[case.context["kind"]](subject, case)


def _claims(subject: Subject, case: Case) -> None:
    capabilities = subject.capabilities
    require(
        set(capabilities.modes) and capabilities.auto in capabilities.modes,
        "the mode behind 'auto' is claimed",
        expected=capabilities.modes,
        got=capabilities.auto,
    )
    require(capabilities.default_layout in capabilities.layouts, "the default layout is claimed")
    for layout in capabilities.layouts:
        subject.augmenter(case.policy, layout=layout)


def _options(subject: Subject, case: Case) -> None:
    """Modes and layouts that are not claimed, and words that do not exist, are refused."""
    claims = subject.capabilities
    wrong: list[dict[str, Any]] = [
        {"mode": "warp"},
        {"box_format": "xyxyxy"},
        {"box_units": "inches"},
        {"keypoint_format": "yx"},
        {"no_such_option": 1},
        {"value_range": (1, 0)},
        {"value_range": (1, 1)},
        *({"mode": mode} for mode in _MODES if mode not in claims.modes),
        *({"layout": layout} for layout in _LAYOUTS if layout not in claims.layouts),
    ]
    policy = augspec.loads(json.dumps(case.policy))
    for option in wrong:
        try:
            subject.backend.compile(policy, **option)
        except augspec.Unsupported:
            continue
        require(False, f"compile accepted {option}, which is not claimed", expected="Unsupported", got="an augmenter")


def _dtype(subject: Subject, case: Case) -> None:
    dtype = SIGNATURES[case.signature].dtype
    image = sample_of(case)["image"]
    if dtype in subject.capabilities.dtypes:
        out = subject.call(case)["image"]
        require(out.shape == image.shape, "the result of a claimed dtype", expected=image.shape, got=out.shape)
        return
    native = subject.made(image, dtype)
    try:
        subject.of(case)(0, native, subject.ids(case))
    except augspec.AugspecError:
        return
    except (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError) as error:
        require(
            False,
            f"{dtype} images, which are not claimed, end in an accident",
            expected="an AugspecError",
            got=f"{type(error).__name__}: {error}",
        )
    require(False, f"{dtype} images are not claimed but accepted", expected="an AugspecError", got="a result")


def _gradient(subject: Subject, case: Case) -> None:
    """Backends that claim gradients are asked for their values elsewhere; the others must have none."""
    if subject.capabilities.differentiable:
        raise Unclaimed(f"{subject.name} claims gradients: asked elsewhere")
    image = sample_of(case)["image"]
    native = subject.adapter.to_native(image, "float32")
    weights = np.ones(image.shape, np.float32)
    try:
        found = subject.adapter.gradient(
            subject.of(case), subject.key(case), native, subject.ids(case), weights, mode=subject.mode
        )
    except (RuntimeError, TypeError, ValueError):  # how frameworks say that there is no gradient
        return
    require(
        found is None or not np.any(subject.adapter.to_numpy(found.by_image)),
        "gradients flow, though none are claimed",
        expected="differentiable=True, or none",
        got="a gradient",
    )


def _j6_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    policy = document({"op": "brightness_scale", "factor": 0.5})
    found = [Case(name=kind, policy=policy, context={"kind": kind}, reach="dear") for kind in ("claims", "options")]
    for signature in ("small-u8", "small-u16", "small-f16", "small-bf16", "small-f64", "odd-f32"):
        asked: dict[str, Any] = {"signature": signature, "context": {"kind": "dtype"}, "reach": "graph"}
        found += [Case(name=f"dtype {signature}", policy=policy, **asked)]
    gradient: dict[str, Any] = {"signature": "odd-f32", "context": {"kind": "gradient"}}
    return (*found, Case(name="gradient", policy=policy, **gradient))


LAWS = (
    Law(
        "J4",
        "refused by all",
        ("E2", "E4"),
        "A policy whose arithmetic could overflow is refused when it is compiled, with the same path by every backend.",
        _refused_alike,
        _j4_cases,
        scope="backend",
    ),
    Law(
        "J6",
        "honesty",
        ("C2", "T1"),
        "What is claimed works; dtypes, modes, layouts and gradients that are not claimed are refused.",
        _honest,
        _j6_cases,
    ),
)
