"""Samples: what a caller hands over, checked before any work, and put into one canonical form.

Only shapes and dtypes decide what is compiled; values are looked at only where they can be (concrete arrays) and only
to refuse boxes and keypoints that are not numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from augspec.errors import SampleError, Unsupported
from augspec.formats import FLOATS
from augspec.language.limits import MAX_SIDE
from augspec.language.policy import Policy, Targets
from augspec.ops.base import Combinator, MoveOp, TypeOp
from augspec.plan.stages import Plan, leaves
from augspec_backends.generic.labels import LABEL, LABELS, check_label, check_labels
from augspec_backends.generic.options import Options
from augspec_backends.generic.signature import Leaf, Signature
from augspec_backends.generic.targets import IMAGE, targets_of
from augspec_backends.generic.targets.rows import check_flag

__all__ = ["Leaf", "Signature", "check_batch", "domain_of", "signature_of"]

_MOST = 2**31
"""Numbers of a stack, at most: its noise counts them all (R16)."""


def domain_of(plan: Plan, dtype: str) -> str:
    """Return the number system of a plan on a dtype."""
    if all(isinstance(leaf.op, MoveOp) for leaf in leaves(plan.stages)):
        return "move"
    return "fixed" if dtype == "uint8" else "float"


def signature_of(
    arrays: Mapping[str, tuple[tuple[int, ...], str]],
    *,
    plan: Plan,
    policy: Policy,
    options: Options,
    dtypes: tuple[str, ...],
    backend: str,
    bare: bool,
) -> Signature:
    """Check the targets' shapes and dtypes and return the sample's signature.

    Args:
        arrays: shape and dtype name of every moving target.
        plan: what will be applied.
        policy: for its keypoint pairs.
        options: how the arrays are to be read.
        dtypes: image dtypes that the backend computes on.
        backend: its name, for messages.
        bare: whether the sample was an array rather than a dict.
    """
    if "image" not in arrays:
        raise SampleError("sample", "an array, or a dict with an entry 'image'", f"entries {sorted(arrays)}")
    shape, dtype = arrays["image"]
    form = options.layout
    lead = len(options.single) - 3
    if len(shape) not in (3 + lead, 4 + lead):
        wanted = f"rank {3 + lead} ({options.single}) or rank {4 + lead} ({options.batch})"
        raise SampleError("image", wanted, f"shape {shape}")
    batched = len(shape) == 4 + lead
    batch = shape[0] if batched else 1
    frames = shape[-4] if options.frames else None
    height, width, channels = shape[-3:] if form == "NHWC" else (shape[-2], shape[-1], shape[-3])
    if None in (height, width, channels) or (options.frames and frames is None):
        raise SampleError(
            "image",
            "static sides (only the batch size may be unknown)",
            f"shape {shape}",
            "Call ensure_shape() or resize before augmenting; images of differing sizes need batches of one size.",
        )
    if min(height, width, channels) < 1 or frames == 0:
        some = "one frame, " if options.frames else ""
        raise SampleError("image", f"at least {some}one pixel and one channel, as {options.batch}", f"shape {shape}")
    if max(height, width) > MAX_SIDE:
        hint = f" Its layout was declared {form}." if channels > MAX_SIDE else ""
        raise SampleError("image", f"sides of at most {MAX_SIDE} pixels", f"shape {shape}", hint.strip())
    if frames is not None and frames * height * width * channels > _MOST:
        raise SampleError(
            "image", f"stacks of at most {_MOST} numbers", f"shape {shape}", "Cut them into shorter ones."
        )
    domain = domain_of(plan, dtype)
    if domain != "move" and dtype not in dtypes:
        raise SampleError(
            "image", f"a dtype of {', '.join(dtypes)} for this policy on backend {backend!r}", f"dtype {dtype}"
        )
    _check_channels(plan, channels, form)
    _check_needs(plan, arrays, domain, dtype, policy.targets, stacks=options.frames)
    facts = [("image", shape, dtype)]
    sig = Signature(batched, batch, frames, height, width, channels, dtype, domain, tuple(facts), bare)
    found = [target for target in targets_of(policy.targets) if target.name in arrays]
    for target in found:
        target.check(*arrays[target.name], sig, options, policy.targets)
        facts.append((target.name, *arrays[target.name]))
    for target in found:
        target.check_beside(arrays)
        if target.flag in arrays:
            check_flag(target, *arrays[target.flag], arrays[target.name][0])
            facts.append((target.flag, *arrays[target.flag]))
    if LABEL in arrays:
        check_label(*arrays[LABEL], batch, policy)
        facts.append((LABEL, *arrays[LABEL]))
    if LABELS in arrays:
        check_labels(*arrays[LABELS], arrays["boxes"][0])
        facts.append((LABELS, *arrays[LABELS]))
    return replace(sig, leaves=tuple(facts))


def _check_channels(plan: Plan, channels: int, form: str) -> None:
    for leaf in leaves(plan.stages):
        op = leaf.op
        where = leaf.path.removeprefix("sample/")
        if not op.accepts(channels):
            raise Unsupported(
                where,
                f"{op.tag} needs {op.accepted()} channels; the image has {channels} (layout {form})",
                "Check `layout`.",
            )
        counts = []
        if isinstance(op, TypeOp):
            counts = [len(op.scaling()[0])]
        elif isinstance(getattr(op, "fill", None), tuple):
            counts = [len(op.fill)]  # type: ignore[attr-defined]
        if any(count not in (1, channels) for count in counts):
            raise Unsupported(
                where, f"{op.tag} declares {counts[0]} values per pixel; the image has {channels} channels"
            )


def _check_needs(
    plan: Plan, arrays: Mapping[str, Any], domain: str, dtype: str, settings: Targets, *, stacks: bool
) -> None:
    """Refuse samples without a target that an op looks at, and fills that a dtype has no meaning for."""
    there = [target for target in targets_of(settings) if target.name in arrays]
    known = {*(word for target in there for word in target.words), *(name for name in arrays if name in (IMAGE, LABEL))}
    barred = {word: target.name for target in there for word in target.barred}
    for leaf in leaves(plan.stages):
        where = leaf.path.removeprefix("sample/")
        if stacks and leaf.op.sees:
            raise Unsupported(
                where,
                f"{leaf.op.tag} decides by the boxes of one image; in a stack every frame has others",
                "Crop by an op that does not look at boxes.",
            )
        for name in leaf.op.needs:
            if name not in known:
                raise SampleError("sample", f"an entry {name!r}, which {where} looks at", f"entries {sorted(arrays)}")
        wanted = leaf.op.needs_one
        if wanted and not any(name in known for name in wanted):
            raise SampleError(
                "sample",
                f"an entry {' or '.join(map(repr, wanted))}, which {where} changes",
                f"entries {sorted(arrays)}",
            )
        for name in leaf.op.refused():
            if name in barred:
                inside = ", or what moves pixels out of its members" if isinstance(leaf.op, Combinator) else ""
                raise SampleError(
                    barred[name],
                    f"no {barred[name]}, because {leaf.op.tag} ({where}) has no meaning for them",
                    f"entries {sorted(arrays)}",
                    f"Leave them out of the sample, or {leaf.op.tag} out of the policy{inside}.",
                )
        fill = getattr(leaf.op, "fill", 0.0)
        if domain == "move" and dtype not in ("uint8", "uint16", *FLOATS) and np.any(fill):
            raise Unsupported(
                where, f"a fill of {fill} means nothing in {dtype}, whose range is unknown", "Fill with 0."
            )


def check_batch(mixer: str, rank: int, options: Options) -> None:
    """Refuse single samples where samples of a batch are mixed, by an op of a name."""
    if rank == len(options.single):
        raise SampleError(
            "image",
            f"a batch, rank {rank + 1} ({options.batch}), because {mixer} mixes samples of a batch",
            f"rank {rank}",
            "Augment after batching; evaluation (training=False) takes single samples.",
        )
