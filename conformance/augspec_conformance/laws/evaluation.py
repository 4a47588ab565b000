"""P18: evaluation. `training=False` runs the `eval` pipeline, or nothing, whatever the key and the ids."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

import augspec
from augspec.normalize import normalized_dict
from augspec_conformance import accuracy
from augspec_conformance.cases.catalogue import ALL_TARGETS, CORE_FLOAT, CORE_INTEGER, case, grid
from augspec_conformance.cases.policies import document
from augspec_conformance.cases.probes import sample_of
from augspec_conformance.cases.signatures import SIGNATURES
from augspec_conformance.headroom import within
from augspec_conformance.law import Case, Law, Reach, Tier, require, require_equal
from augspec_conformance.laws.compare import require_results_alike, require_same
from augspec_conformance.laws.ideal import quantised
from augspec_conformance.oracle import run as oracle
from augspec_conformance.subject import Sample, Subject, reference

__all__ = ["LAWS"]

_TRAINED = ({"op": "rotate", "degrees": {"uniform": [5, 35]}}, {"op": "brightness_scale", "factor": 0.6, "p": 0.85})
_SETTINGS = {
    "mask": {"fill": 7},
    "masks": {"depth": {"fill": 3}},
    "instance_masks": {"fill": 9},
    "boxes": {"min_visibility": 0.6},
    "keypoints": {"swap_pairs": [[0, 2]]},
}
"""What a policy may say of its targets, so that it shows."""

_PIPELINES: dict[str, list[dict[str, Any]]] = {
    "resize, crop, normalize": [
        {"op": "resize", "short_side": 14},
        {"op": "center_crop", "size": [9, 8]},
        {"op": "normalize", "mean": [0.48, 0.45, 0.4], "std": [0.22, 0.23, 0.25]},
    ],
    "crop": [{"op": "center_crop", "size": [7, 6]}],
    "mirror, blur": [{"op": "horizontal_flip", "p": 1.0}, {"op": "gaussian_blur", "sigma": 0.8}],
    "pad": [
        {"op": "horizontal_flip", "p": 1.0},
        {"op": "crop", "left": 4, "top": 1, "width": 5, "height": 9},
        {"op": "pad", "left": 2, "bottom": 1},
    ],
}


def _evaluation(subject: Subject, case: Case) -> None:
    if case.context.get("single"):
        _single(subject, case)
        return
    sample, extra = sample_of(case), {"path": "a.png"}
    native = subject.native(case, sample)
    augmenter = subject.of(case)
    first = augmenter(None, {**native, "meta": extra}, training=False)
    require(first.pop("meta", None) is extra, "evaluation: an extra entry is not the same object")
    out = subject.numpy(case, first)
    ids = subject.ids(case)
    for key, index in ((subject.key(case), ids), (subject.key(case), ids[::-1]), (augspec.Key(3, 1, 2), None)):
        again = subject.numpy(case, augmenter(key, native, index, training=False))
        require_same(again, out, f"evaluation with {key} and the ids {index} against evaluation without a key")
    spec = augmenter.output_spec(native, training=False)
    for name, value in first.items():
        said = tuple(spec[name].shape), str(spec[name].dtype)
        is_ = tuple(value.shape), subject.adapter.dtype_name(value)
        require(said == is_, f"output_spec of {name} in evaluation", expected=is_, got=said)
    ops = case.policy.get("eval") or []
    plain = case.with_(policy={"augspec": 1, "ops": ops, "eval": []})
    expected = reference().call(case, sample, key=None, ids=None, training=False)
    require_results_alike(plain, out, expected, "evaluation against the NumPy reference's")
    if ops:
        if subject.cost == "eager":
            trained = case.with_(policy={**case.policy, "ops": ops, "eval": []})
            require_results_alike(plain, out, subject.call(trained, sample), "evaluation against training by its ops")
        _near_ideal(plain, out, sample)
    else:
        _unchanged(subject, first, out, native, sample)


def _single(subject: Subject, case: Case) -> None:
    """Only training needs a batch to mix: in evaluation a sample alone is what it is in one."""
    sample = sample_of(case)
    whole = subject.call(case, sample, training=False)
    native = subject.native(case, {name: value[0] for name, value in sample.items()})
    try:
        out = subject.of(case)(None, native, training=False)
    except augspec.AugspecError as error:
        require(False, "evaluation of a sample alone is refused", expected="a result", got=str(error))
        return
    alone = subject.numpy(case, out)
    require_same(alone, {name: value[0] for name, value in whole.items()}, "a sample alone against the same in a batch")


def _unchanged(subject: Subject, first: dict[str, Any], out: Sample, native: dict[str, Any], sample: Sample) -> None:
    """Without `eval`, evaluation is the identity, in new memory (C11)."""
    for name, value in sample.items():
        require_equal(out[name], value, f"without an eval pipeline, evaluation changed {name}")
        require(first[name] is not native[name], f"without an eval pipeline, evaluation returned the input's {name}")
        spans = [subject.adapter.storage(array) for array in (first[name], native[name])]
        if None not in spans and subject.adapter.poke(first[name]):
            require_equal(
                subject.numpy(Case(), {name: native[name]})[name],
                value,
                f"writing to the {name} of an evaluation changed the input",
            )
    for name in ("boxes_valid", "keypoints_visible"):
        require(name not in out or out[name].all(), f"without an eval pipeline, evaluation says no in {name}")


def _near_ideal(case: Case, out: Sample, sample: Sample) -> None:
    """Compare the image with the float64 ideal: two backends may share an error."""
    normal = quantised(normalized_dict(augspec.loads(json.dumps(case.policy))))
    sig = SIGNATURES[case.signature]
    for i, got in enumerate(out["image"]):
        entries = {name: value[i] for name, value in sample.items()}
        entries["image"] = entries["image"].astype(np.float64) / sig.top
        ideal = oracle(normal, {}, entries)["image"]
        whole = got.dtype == np.uint8
        distance = np.abs(got.astype(np.float64) - ideal * (255.0 if whole else 1.0))
        bound = accuracy.levels(case.policy) if whole else accuracy.against_oracle(case.policy, sig.dtype)
        if not within(distance, bound):
            where = tuple(int(axis) for axis in np.unravel_index(int(distance.argmax()), distance.shape))
            require(
                False,
                f"evaluation is more than {bound:.3g} from the float64 ideal of the eval pipeline",
                where=(i, *where),
                expected=float(ideal[where]),
                got=float(got[where]),
            )


def _cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    base = grid("P18", tier, names=("op:rotate", "mix:train"), signatures=(CORE_INTEGER, CORE_FLOAT))
    found = [case.with_(reach="graph" if case.name == f"op:rotate {CORE_INTEGER}" else "eager") for case in base]
    for number, (name, ops) in enumerate(_PIPELINES.items()):
        for signature in (CORE_INTEGER, CORE_FLOAT):
            compiled: Reach = "dear" if tier == "full" else "graph"
            settings = {} if number == 0 else _SETTINGS  # compiled modes have the targets of their other cases
            found.append(
                Case(
                    name=f"{name} {signature}",
                    policy=document(*_TRAINED, eval=ops, targets=settings),
                    key=99 + number,
                    signature=signature,
                    probe_seed=5 + number,
                    targets=(*ALL_TARGETS, "depth", "instance_masks") if settings else ALL_TARGETS,
                    reach=compiled if number == 0 and signature == CORE_INTEGER else "eager",
                )
            )
    for op in ("mixup", "cutmix", "mosaic"):
        one = case("P18", f"op:{op}", CORE_INTEGER, tier=tier, context={"single": True})
        found.append(one.with_(name=f"op:{op} single", targets=("image",), reach="eager"))
    return tuple(found)


LAWS = (
    Law(
        "P18",
        "evaluation",
        ("C16", "C11", "R2", "C12", "T2", "T4"),
        "With training=False the eval pipeline runs, with all that the policy says of its targets, or nothing at all, "
        "and neither key nor ids matter.",
        _evaluation,
        _cases,
    ),
)
