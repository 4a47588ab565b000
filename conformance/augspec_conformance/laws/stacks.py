"""F11 and F12: samples that are stacks of images, such as a video or several views, share one draw."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

import augspec
from augspec_conformance.cases.catalogue import CORE_FLOAT, CORE_INTEGER, case, compiled_for, grid
from augspec_conformance.cases.policies import ops_of, policy_names
from augspec_conformance.cases.probes import FRAMES, instances_of, sample_of, stacked
from augspec_conformance.law import Case, Law, Tier, require
from augspec_conformance.laws.compare import require_alike, require_match
from augspec_conformance.laws.ideal import near_ideal
from augspec_conformance.subject import Subject, reference

__all__ = ["LAWS"]

Array = npt.NDArray[Any]
Json = dict[str, Any]

_COMPILED = ("op:rotate", "op:gaussian_noise", "mix:train")
"""What compiled modes are asked: a stack is another signature."""


_LONG = 300
"""Frames of a long stack: more than a byte can count."""


def _frames(case: Case) -> list[dict[str, Array]]:
    """Return the samples of which a case's stacks are made, every one with other pixels, masks, boxes and points."""
    count = case.context.get("count", FRAMES)
    found = [sample_of(case.with_(probe_seed=(case.probe_seed + 7 * t) % 2**32)) for t in range(count)]
    for t, one in enumerate(found):
        if {"mask", "boxes"} <= set(one):
            one["mask"] = one["mask"] + 40_000 * t
            one["instance_masks"] = instances_of(one["boxes"], *one["image"].shape[1:3])
        if case.context.get("flags"):
            one.update(_flags(one, t))
    return found


def _flags(one: dict[str, Array], t: int) -> dict[str, Array]:
    """Return flags of boxes and keypoints, other ones in every frame."""
    found = {}
    for name, flag, every in ("boxes", "boxes_valid", 3), ("keypoints", "keypoints_visible", 2):
        rows = np.arange(one[name].shape[0] * one[name].shape[1]).reshape(one[name].shape[:2])
        found[flag] = (rows + t) % every != 0
    return found


def _of_stacks(case: Case) -> Case:
    options = {**case.context.get("options", {}), "frames": True}
    return case.with_(context={**case.context, "options": options})


def _frame(out: dict[str, Array], t: int) -> dict[str, Array]:
    return {name: x if name == "label" else x[:, t] for name, x in out.items()}


def _noisy(subject: Subject, case: Case) -> bool:
    return any(path.rpartition("/")[2].startswith("noise") for path in subject.draw(case))


def _one_draw(subject: Subject, case: Case) -> None:
    """Every frame is what it is alone, under the same key and id; noise too, where the policy says so.

    The fields of `elastic` are geometry and no noise: they are one for the stack without being told.
    """
    if _draws_noise(case.policy):
        targets = {**case.policy.get("targets", {}), "frames": {"noise": "shared"}}
        case = case.with_(policy={**case.policy, "targets": targets})
    frames = _frames(case)
    whole, stack = _of_stacks(case), stacked(frames)
    if any(augspec.ops()[op["op"]].sees for op in ops_of(case.policy)):
        _refused(subject, whole, stack)
        return
    out = subject.call(whole, stack)
    for t, one in enumerate(frames):
        alone = subject.call(case, one)
        require_match(subject, case, _frame(out, t), alone, f"frame {t} of {FRAMES}")
    native = subject.native(whole, stack)
    spec = subject.of(whole).output_spec(native)
    got = subject.of(whole)(subject.key(whole), native, subject.ids(whole))
    for name, leaf in spec.items():
        found = (tuple(got[name].shape), subject.adapter.dtype_name(got[name]))
        require((leaf.shape, leaf.dtype) == found, f"output_spec of {name}", expected=found, got=leaf)
    if subject.cost == "eager" and not case.mixes:
        last = len(stack["image"]) - 1
        single = {name: x[last] for name, x in stack.items()}
        alone = subject.call(whole, single, ids=subject.ids(whole)[last:])
        require_match(subject, case, alone, {name: x[last] for name, x in out.items()}, "one stack without a batch")


def _refused(subject: Subject, case: Case, stack: dict[str, Array]) -> None:
    """What decides by the boxes of one image has no meaning for a stack."""
    try:
        subject.call(case, stack)
    except augspec.Unsupported:
        return
    require(False, "an op that looks at boxes takes a stack", expected="Unsupported", got="a result")


def _own_noise(subject: Subject, case: Case) -> None:
    """Frame t of a stack has the noise of frame t, and all else of frame 0, in stacks of hundreds as well."""
    frames, whole = _frames(case), _of_stacks(case)
    require(_noisy(subject, case), "the case draws noise")
    out = subject.call(whole, stacked(frames))
    for t, one in enumerate(frames):
        near_ideal(subject, case, one, _frame(out, t), frame=t)
    if subject.source != "numpy":
        expected = reference().call(whole, stacked(frames))["image"]
        require_alike(case, out["image"], expected, "the stack against the NumPy reference")


def _f11_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    some = [*grid("F11", tier, names=_COMPILED), *grid("F11", tier, every=1 if tier == "full" else 2)]
    some += grid("F11", tier, names=("op:rotate", "op:resize", "mix:train", "mix:targets"), signatures=(CORE_FLOAT,))
    if tier == "full":
        filled = [name for name in policy_names(with_variants=True) if name.endswith(("/fill=noise", "/fill=mean"))]
        some += grid("F11", tier, names=filled)
        flags = grid("F11", tier, names=("op:horizontal_flip", "op:rotate", "op:mosaic"), context={"flags": True})
        some += (one.with_(name=f"{one.name} flags") for one in flags)
    compiled = compiled_for(_COMPILED, tier, at_smoke=1)
    found = {c.name: c.with_(reach=compiled.get(c.name, "eager")) for c in some}.values()
    return (*found, *(c.with_(name=f"{c.name} NCHW", layout="NCHW", reach="eager") for c in found if _asked(c)))


def _names(signature: str) -> tuple[str, ...]:
    return tuple(f"{name} {signature}" for name in _COMPILED)


def _asked(case: Case) -> bool:
    return case.name in _names(CORE_INTEGER)


def _f12_cases(tier: Tier) -> tuple[Case, ...]:
    """Ops with noise, alone and on a canvas of another size, and holes that are filled with it."""
    if tier == "kat":
        return ()
    found = []
    for name in policy_names(with_variants=True):
        if not name.startswith("op:") or not _draws_noise(case("F12", name).policy):
            continue
        for signature in (CORE_INTEGER, CORE_FLOAT):
            one = case("F12", name, signature)
            found.append(one.with_(reach="graph" if f"{name} {signature}" in _names(CORE_INTEGER) else "eager"))
    if tier == "full":
        long = case("F12", "op:gaussian_noise", "row-u8", targets=("image",), context={"count": _LONG}, reach="eager")
        found.append(long.with_(name=f"{long.name} of {_LONG} frames"))
    return tuple(found)


def _draws_noise(policy: Json) -> bool:
    """Return whether an op of its own draws a number for each pixel."""
    return any(augspec.ops()[op["op"]].stage == "noise" or op.get("fill") == "noise" for op in ops_of(policy))


LAWS = (
    Law(
        "F11",
        "stacks share one draw",
        ("T7", "C14", "C12"),
        "Every frame of a stack is what it is alone, with all of its targets.",
        _one_draw,
        _f11_cases,
    ),
    Law(
        "F12",
        "noise of frames",
        ("T7", "R16"),
        "Every frame of a stack has noise of its own, which goes on where that of the one before it ends.",
        _own_noise,
        _f12_cases,
    ),
)
