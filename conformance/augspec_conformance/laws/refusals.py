"""S10, P16: what does not fit is refused in words that help, and leaves everything as it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

import augspec
from augspec_conformance.cases.catalogue import ALL_TARGETS, cases_of
from augspec_conformance.cases.policies import CLASSES, document
from augspec_conformance.cases.probes import sample_of
from augspec_conformance.cases.signatures import SIGNATURES
from augspec_conformance.law import Case, Law, Tier, require
from augspec_conformance.laws.compare import require_same
from augspec_conformance.subject import Sample, Subject

__all__ = ["LAWS", "Wrong", "require_refused"]


@dataclass(frozen=True)
class Wrong:
    """A sample that fits no augmenter, or not the one at hand.

    Attributes:
        target: what the error must name.
        shown: what it must show of what it got.
        make: from a sample that fits (12×9 pixels) to one that does not.
        op: the op that refuses; empty if no policy takes the sample.
        targets: what the policy says of targets.
    """

    target: str
    shown: tuple[str, ...]
    make: Callable[[Sample], dict[str, Any]]
    op: str = ""
    targets: dict[str, Any] = field(default_factory=dict)


def _of(name: str, change: Callable[[Any], Any]) -> Callable[[Sample], dict[str, Any]]:
    return lambda sample: {**sample, name: change(sample[name])}


def _alone(change: Callable[[Any], Any]) -> Callable[[Sample], dict[str, Any]]:
    return lambda sample: {"image": change(sample["image"])}


def _with_instances(count: int, height: int) -> Callable[[Sample], dict[str, Any]]:
    return lambda sample: {**sample, "instance_masks": np.zeros((2, count, height, 9), np.uint8)}


def _late(name: str, row: int, column: int, change: Callable[[Any], Any]) -> Callable[[Sample], dict[str, Any]]:
    """Return what spoils one number of the last sample only."""

    def spoilt(sample: Sample) -> dict[str, Any]:
        array = sample[name].copy()
        array[-1, row, column] = change(array[-1, row, :])
        return {**sample, name: array}

    return spoilt


def _with_id(last: int) -> Callable[[Sample], dict[str, Any]]:
    return lambda sample: {"image": sample["image"], "label": np.array([1, last], np.int32)}


def _semantic(dtype: str) -> Callable[[Sample], dict[str, Any]]:
    return lambda sample: {"image": sample["image"], "semantic": sample["mask"].astype(dtype)}


def _mixed(**others: Callable[[Sample], Any]) -> Callable[[Sample], dict[str, Any]]:
    """Return what may be mixed, and other targets with it."""

    def made(sample: Sample) -> dict[str, Any]:
        beside = {name: make(sample) for name, make in others.items()}
        return {"image": sample["image"], "label": np.array([1, 2], np.int32), **beside}

    return made


def _unmixable(op: str, names: tuple[str, ...]) -> dict[str, Wrong]:
    """Return what an op that mixes samples has no meaning for, each target beside what it mixes."""
    others: dict[str, Callable[[Sample], Any]] = {
        "mask": lambda sample: sample["mask"],
        "semantic": lambda sample: sample["mask"],
        "boxes": lambda sample: sample["boxes"],
        "keypoints": lambda sample: sample["keypoints"],
        "instance_masks": lambda sample: sample["mask"][:, None],
    }
    named: dict[str, Any] = {"masks": {"semantic": {}}}
    return {
        f"{name} in {op}": Wrong("", (name,), _mixed(**{name: others[name]}), op, named if name == "semantic" else {})
        for name in names
    }


WRONG: dict[str, Wrong] = {
    "rank 2": Wrong("image", ("12", "9"), _alone(lambda x: x[0, :, :, 0])),
    "rank 5": Wrong("image", ("1", "2", "12", "9", "3"), _alone(lambda x: x[None])),
    "no image": Wrong("sample", ("mask",), lambda sample: {"mask": sample["mask"]}),
    "a list": Wrong("image", ("list",), _alone(lambda x: x.tolist())),
    "a text": Wrong("image", ("str",), lambda _: {"image": "photo.jpg"}),
    "no pixels": Wrong("image", ("0",), _alone(lambda x: x[:, :0])),
    "int32 image": Wrong("image", ("int32",), _alone(lambda x: x.astype(np.int32))),
    "other mask": Wrong("mask", ("11", "9"), _of("mask", lambda x: x[:, 1:])),
    "mask batch": Wrong("mask", ("1", "12", "9"), _of("mask", lambda x: x[:1])),
    "box columns": Wrong("boxes", ("3",), _of("boxes", lambda x: x[..., :3])),
    "integer boxes": Wrong("boxes", ("int32",), _of("boxes", lambda x: x.astype(np.int32))),
    "nan boxes": Wrong("boxes", ("nan",), _of("boxes", lambda x: x * np.float32(np.nan))),
    "crossed boxes": Wrong("boxes", (), _of("boxes", lambda x: x[..., [2, 3, 0, 1]])),
    "nan keypoints": Wrong("keypoints", ("nan",), _of("keypoints", lambda x: x * np.float32(np.nan))),
    "keypoint batch": Wrong("keypoints", ("1", "3", "2"), _of("keypoints", lambda x: x[:1])),
    "instance count": Wrong("instance_masks", ("3",), _with_instances(3, 12)),
    "instance size": Wrong("instance_masks", ("4", "11", "9"), _with_instances(4, 11)),
    "negative class": Wrong("label", ("-1", "index 1"), _with_id(-1)),
    "class too many": Wrong("label", (str(CLASSES), "index 1"), _with_id(CLASSES)),
    "two channels": Wrong("", ("2",), _alone(lambda x: x[..., :2]), "saturation"),
    "mask in chains": Wrong("", ("mask",), lambda sample: {"image": sample["image"], "mask": sample["mask"]}, "augmix"),
    "too small": Wrong("", ("2",), _alone(lambda x: x[:, :2, :2]), "center_crop"),
    "fill of a mask": Wrong("mask", ("int8",), _of("mask", lambda x: x.astype(np.int8)), "", {"mask": {"fill": 200}}),
    "part as a fill": Wrong("mask", ("int32",), _of("mask", lambda x: x), "", {"mask": {"fill": 0.5}}),
    "fill of a named mask": Wrong(
        "semantic", ("uint8",), _semantic("uint8"), "", {"masks": {"semantic": {"fill": 300}}}
    ),
    "fill of a named flag": Wrong("semantic", ("bool",), _semantic("bool"), "", {"masks": {"semantic": {"fill": 2}}}),
    "fill of instances": Wrong(
        "instance_masks", ("uint8",), _with_instances(4, 12), "", {"instance_masks": {"fill": -1}}
    ),
    **_unmixable("mixup", ("mask", "semantic", "boxes", "keypoints", "instance_masks")),
    **_unmixable("cutmix", ("boxes", "keypoints", "instance_masks")),
    "late nan box": Wrong("boxes", ("nan",), _late("boxes", -1, 3, lambda _: np.nan)),
    "late crossed box": Wrong("boxes", (), _late("boxes", -1, 2, lambda box: box[0] - 1)),
    "late nan keypoint": Wrong("keypoints", ("nan",), _late("keypoints", -1, 1, lambda _: np.nan)),
}


def require_refused(run: Callable[[], Any], what: str, wrong: Wrong) -> None:
    """Demand an error that says where, what was expected and what was found.

    Raises:
        LawViolation: the call was accepted, or its error does not help.
    """
    kinds = "SampleError or Unsupported" if wrong.op else "SampleError"
    try:
        run()
    except augspec.AugspecError as error:
        text = str(error)
        if isinstance(error, augspec.SampleError) and not wrong.op:
            _says_all(error, what, wrong)
            text = error.got
        else:
            fits = wrong.op and isinstance(error, (augspec.SampleError, augspec.Unsupported))
            require(fits, f"{what}: an error of another kind", expected=kinds, got=repr(error))
            require(wrong.op in text, f"{what}: the error does not name the op", expected=wrong.op, got=text)
        for part in wrong.shown:
            require(part in text, f"{what}: the error does not show what it got", expected=part, got=str(error))
        return
    require(False, f"{what}: accepted", expected=kinds, got="a result")


def _says_all(error: augspec.SampleError, what: str, wrong: Wrong) -> None:
    text = str(error)
    require(error.target == wrong.target, f"{what}: the error names another target", expected=wrong.target, got=text)
    for part in (error.target, error.expected, error.got):
        require(part and part in text, f"{what}: the error's text lacks one of its parts", expected=part, got=text)


def _native(subject: Subject, case: Case, sample: dict[str, Any]) -> dict[str, Any]:
    """Return a wrong sample as the framework's arrays; images that kept the probe's dtype have the case's."""
    kept, dtype = sample_of(case)["image"].dtype, SIGNATURES[case.signature].dtype

    def native(name: str, value: Any) -> Any:
        if not isinstance(value, np.ndarray):
            return value
        return subject.adapter.to_native(value, dtype if name == "image" and value.dtype == kept else str(value.dtype))

    return {name: native(name, value) for name, value in sample.items()}


def _refused(subject: Subject, case: Case) -> None:
    case, kind = subject.fitted(case), case.context["kind"]
    native = _native(subject, case, WRONG[kind].make(sample_of(case)))
    augmenter = subject.of(case)
    require_refused(partial(augmenter, subject.key(case), native, subject.ids(case)), kind, WRONG[kind])


def _atomic(subject: Subject, case: Case) -> None:
    sample, other = sample_of(case), case.with_(key=case.key ^ 0xFF)
    before = [subject.call(one, sample) for one in (case, other)]
    state = subject.adapter.fingerprint()
    augmenter = subject.of(case)
    for kind in ("nan boxes", "int32 image", "rank 5", "other mask", "nan keypoints"):
        native = _native(subject, case, WRONG[kind].make(sample))
        kept = subject.numpy(case, native)
        require_refused(partial(augmenter, subject.key(case), native, subject.ids(case)), kind, WRONG[kind])
        require_same(subject.numpy(case, native), kept, f"{kind}: the refused call changed its input")
        after = subject.adapter.fingerprint()
        for name, value in state.items():
            require(after[name] == value, f"{kind}: the refused call changed the global state {name!r}")
        for one, result in zip((case, other), before, strict=True):
            require_same(subject.call(one, sample), result, f"{kind}: the refused call changed later results")


def _beside(policy: dict[str, Any], targets: dict[str, Any]) -> dict[str, Any]:
    """Return a policy that says so of targets, besides what it says."""
    return {**policy, "targets": {**policy.get("targets", {}), **targets}} if targets else policy


def _usual(wrong: Wrong, other: dict[str, Any]) -> bool:
    """Return whether the policy is the one of most cases, which compiled modes are asked."""
    return not wrong.targets and (wrong.op or wrong.target) not in other


def _s10_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    chains = document({"op": "augmix", "ops": [{"op": "rotate", "degrees": 9}]})
    colour, crop = document({"op": "saturation", "factor": 0.5}), document({"op": "center_crop", "size": [5, 5]})
    other = {"center_crop": crop, "augmix": chains, "label": document({"op": "mixup", "alpha": 1.0})}
    other |= {op: document({"op": op, "alpha": 1.0}) for op in ("mixup", "cutmix")}
    return tuple(
        Case(
            name=kind,
            policy=_beside(other.get(wrong.op or wrong.target, colour), wrong.targets),
            targets=ALL_TARGETS,
            context={"kind": kind},
            reach="dear" if _usual(wrong, other) and not kind.startswith("late") else "eager",
        )
        for kind, wrong in WRONG.items()
        if tier == "full" or not kind.startswith("late")
    )


LAWS = (
    Law(
        "S10",
        "refusals",
        ("T1", "T2", "T3", "T8", "C2"),
        "What does not fit is refused before any work, by an error that names target, expectation and finding.",
        _refused,
        _s10_cases,
    ),
    Law(
        "P16",
        "failures are atomic",
        ("T3",),
        "A refused input leaves inputs, global state and later results unchanged.",
        _atomic,
        cases_of("P16", names=("op:rotate", "mix:train")),
    ),
)
