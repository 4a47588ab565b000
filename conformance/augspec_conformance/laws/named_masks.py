"""F13: any number of masks, each with a name, a dtype, channels and a fill of its own.

Each is compared with the plain mask of the same content, under every border: what treats named masks in another way,
whatever that is (a border, a dtype on the way, a channel axis lost), is seen here.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from augspec_conformance.cases.catalogue import CORE_INTEGER, case, compiled_for, grid
from augspec_conformance.cases.policies import document, fitting_targets, policy, policy_names
from augspec_conformance.cases.probes import sample_of
from augspec_conformance.law import Case, Law, Tier, require, require_equal
from augspec_conformance.laws.compare import require_match
from augspec_conformance.laws.masks import rows_of
from augspec_conformance.subject import Subject, Unclaimed

__all__ = ["LAWS"]

Json = dict[str, Any]

_MASKS: dict[str, tuple[str, int, float]] = {
    "semantic": ("uint8", 0, 255),
    "depth": ("float32", 0, -1.5),
    "flow": ("int16", 2, -3),
    "seen": ("bool", 0, 1),
}
"""Dtype, number of channels (none where 0) and fill."""

_EAGER: dict[str, tuple[str, int, float]] = {"line": ("uint8", 1, 4), "height": ("float64", 0, 1 / 3)}
"""Further ones, where nothing is compiled for them."""

_FREE = {"op": "mosaic", "scale": {"uniform": [0.3, 0.45]}}
"""Tiles that leave some of the canvas free, wherever they meet."""

_COMPILED = ("op:rotate", "op:random_resized_crop", "mix:train")


def _native(subject: Subject, case: Case, number: Any, dtype: str, channels: int) -> Any:
    rows = rows_of(number, dtype, channels)
    return subject.made(subject.in_layout(case, "image", rows) if channels else rows, dtype)


def _with(policy: Json, **targets: Any) -> Json:
    return {**policy, "targets": {**policy.get("targets", {}), **targets}}


def _named(subject: Subject, case: Case) -> None:
    """Every named mask is what it is if it is the only one, and changes nothing else."""
    if "mask" not in case.targets:
        raise Unclaimed("the policy has no meaning for masks")
    sample = sample_of(case)
    kept = {name: value for name, value in sample.items() if name in fitting_targets(case.policy, ("image",))}
    masks = {**_MASKS, **(_EAGER if subject.cost == "eager" else {})}
    native = {
        name: _native(subject, case, sample["mask"], dtype, channels) for name, (dtype, channels, _) in masks.items()
    }
    lost = [name for name in native if name in _EAGER and subject.adapter.dtype_name(native[name]) != masks[name][0]]
    for name in lost:  # a dtype that the framework, as it is set here, does not have
        del native[name], masks[name]
    fills = {name: {"fill": fill} for name, (_, _, fill) in masks.items()}
    both = case.with_(policy=_with(case.policy, masks=fills))
    out = subject.of(both)(subject.key(case), {**subject.native(case, sample), **native}, subject.ids(case))
    spec = subject.of(both).output_spec({**subject.native(case, sample), **native})
    rest = {name: value for name, value in out.items() if name not in native}
    require_match(subject, case, subject.numpy(case, rest), subject.call(case, sample), "beside named masks")
    for name, array in native.items():
        alone = case.with_(policy=_with(case.policy, mask=fills[name]))
        entries = {**subject.native(case, kept), "mask": array}
        expected = subject.of(alone)(subject.key(case), entries, subject.ids(case))["mask"]
        kind = subject.adapter.dtype_name(out[name])
        require(kind == masks[name][0], f"the dtype of the mask {name!r}", expected=masks[name][0], got=kind)
        got, wanted = (np.asarray(subject.adapter.to_numpy(x)) for x in (out[name], expected))
        require_equal(got, wanted, f"the mask {name!r} beside others, against it alone")
        leaf = (tuple(spec[name].shape), str(spec[name].dtype))
        require(leaf == (got.shape, kind), f"output_spec of {name}", expected=(got.shape, kind), got=leaf)


def _cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    names = [name for name in policy_names() if "mask" in fitting_targets(policy(name), ("mask",))]
    names += [n for n in policy_names(with_variants=True) if n.endswith("/fill_mask=True")]
    if tier == "full":
        names += [n for n in policy_names(with_variants=True) if "/border=" in n]
    found, compiled = [], compiled_for(_COMPILED, tier)
    for one in grid("F13", tier, names=tuple(names), every=1 if tier == "full" else 2):
        asked = one.name in tuple(f"{name} {CORE_INTEGER}" for name in _COMPILED)
        found.append(one.with_(reach=compiled.get(one.name, "eager")))
        if asked:
            found.append(one.with_(name=f"{one.name} NCHW", layout="NCHW", reach="eager"))
    if tier == "full":
        free = case("F13", "op:mosaic", "medium-u8", reach="eager")
        found.append(free.with_(name="op:mosaic free medium-u8", policy=document(_FREE)))
    return tuple(found)


LAWS = (
    Law(
        "F13",
        "named masks",
        ("T2", "C14"),
        "Every named mask is what it is if it is the only one, with its own dtype, channels and fill, at every border.",
        _named,
        _cases,
    ),
)
