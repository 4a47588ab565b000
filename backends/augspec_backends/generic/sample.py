"""Samples: what a caller hands over, checked before any work, and put into one canonical form.

Only shapes and dtypes decide what is compiled; values are looked at only where they can be (concrete arrays) and only
to refuse boxes and keypoints that are not numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from augspec.errors import SampleError, Unsupported
from augspec.formats import FLOATS, MASKS, TARGETS
from augspec.language.limits import MAX_SIDE
from augspec.language.policy import Policy
from augspec.ops.base import Combinator, MoveOp, TypeOp
from augspec.plan.stages import Plan, leaves
from augspec_backends.generic.labels import LABEL, check_label
from augspec_backends.generic.options import Options

__all__ = [
    "FLAGS",
    "FLOATS",
    "TARGETS",
    "Leaf",
    "Signature",
    "check_batch",
    "check_name",
    "check_values",
    "domain_of",
    "moving",
    "signature_of",
]

FLAGS = {"boxes_valid": "boxes", "keypoints_visible": "keypoints"}
"""What a call adds to a target; given beside it, what is false stays false (T3, T4)."""

_MISSPELT = {
    "image": ("images", "img", "imgs"),
    "mask": ("masks", "msk", "segmentationmask", "segmentationmasks"),
    "boxes": ("box", "bbox", "bboxes", "boundingbox", "boundingboxes"),
    "keypoints": ("keypoint", "kpts"),
}

_FARTHEST = 1e9
"""Farthest coordinate of a box or keypoint: areas of much farther ones leave float32."""


@dataclass(frozen=True)
class Leaf:
    """Shape and dtype of one array, for `output_spec`; None is a side that only the values decide."""

    shape: tuple[int | None, ...]
    dtype: str


@dataclass(frozen=True)
class Signature:
    """The static facts of a sample.

    Attributes:
        batched: whether the arrays have a batch axis.
        batch: B; 1 for a single sample; None where a graph does not know it.
        height: H.
        width: W.
        channels: C.
        dtype: the image's dtype.
        domain: "fixed" (uint8), "float", or "move" (nothing but exact moves, any dtype).
        leaves: (target, shape, dtype) of every array that moves, image first, and of their flags.
        mask_channels: whether the mask has a channel axis.
        bare: whether the sample is the image itself, not a dict.
    """

    batched: bool
    batch: int | None
    height: int
    width: int
    channels: int
    dtype: str
    domain: str
    leaves: tuple[tuple[str, tuple[int, ...], str], ...]
    mask_channels: bool
    bare: bool

    def has(self, target: str) -> bool:
        """Return whether a target is present."""
        return any(name == target for name, _, _ in self.leaves)


def moving(name: object, sample: Mapping[Any, object]) -> bool:
    """Return whether an entry of a sample is a target, or belongs to one that is there."""
    return name in TARGETS or FLAGS.get(str(name)) in sample


def check_name(name: object) -> None:
    """Refuse an array's name that was surely meant to be a target: it would pass through unmoved.

    Raises:
        SampleError: with the target's name.
    """
    folded = str(name).casefold().replace("_", "").replace("-", "").replace(" ", "")
    for target, others in _MISSPELT.items():
        if folded in (target, *others):
            raise SampleError(
                "sample",
                f"the targets {', '.join(TARGETS)}",
                f"the entry {name!r}",
                f"Call it {target!r}; what is to stay as it is needs a name of its own.",
            )


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
    if len(shape) not in (3, 4):
        raise SampleError("image", f"rank 3 ({form[1:]}) or rank 4 ({form})", f"shape {shape}")
    batched = len(shape) == 4
    batch = shape[0] if batched else 1
    height, width, channels = shape[-3:] if form == "NHWC" else (shape[-2], shape[-1], shape[-3])
    if None in (height, width, channels):
        raise SampleError(
            "image",
            "static sides (only the batch size may be unknown)",
            f"shape {shape}",
            "Call ensure_shape() or resize before augmenting; images of differing sizes need batches of one size.",
        )
    if min(height, width, channels) < 1:
        raise SampleError("image", f"at least one pixel and one channel, as {form}", f"shape {shape}")
    if max(height, width) > MAX_SIDE:
        hint = f" Its layout was declared {form}." if channels > MAX_SIDE else ""
        raise SampleError("image", f"sides of at most {MAX_SIDE} pixels", f"shape {shape}", hint.strip())
    domain = domain_of(plan, dtype)
    if domain != "move" and dtype not in dtypes:
        raise SampleError(
            "image", f"a dtype of {', '.join(dtypes)} for this policy on backend {backend!r}", f"dtype {dtype}"
        )
    _check_channels(plan, channels, form)
    _check_needs(plan, arrays, domain, dtype)
    mask_channels = False
    facts = [("image", shape, dtype)]
    for name in TARGETS[1:]:
        if name in arrays:
            shape, kind = arrays[name]
            if name == "mask":
                mask_channels = _check_mask(shape, kind, batched, batch, height, width, form)
                _check_fill(policy.targets.mask.fill, kind)
            else:
                _check_points(name, shape, kind, batched, batch, policy)
            facts.append((name, shape, kind))
    for name, target in FLAGS.items():
        if name in arrays:
            shape, kind = arrays[name]
            if shape != arrays[target][0][:-1] or kind != "bool":
                raise SampleError(
                    name, f"booleans of shape {arrays[target][0][:-1]}, one for each of {target}", f"{kind} {shape}"
                )
            facts.append((name, shape, kind))
    if LABEL in arrays:
        check_label(*arrays[LABEL], batch, policy)
        facts.append((LABEL, *arrays[LABEL]))
    return Signature(batched, batch, height, width, channels, dtype, domain, tuple(facts), mask_channels, bare)


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
            counts = [len(op.mean)]  # type: ignore[attr-defined]
        elif isinstance(getattr(op, "fill", None), tuple):
            counts = [len(op.fill)]  # type: ignore[attr-defined]
        if any(count not in (1, channels) for count in counts):
            raise Unsupported(
                where, f"{op.tag} declares {counts[0]} values per pixel; the image has {channels} channels"
            )


def _check_needs(plan: Plan, arrays: Mapping[str, Any], domain: str, dtype: str) -> None:
    """Refuse samples without a target that an op looks at, and fills that a dtype has no meaning for."""
    for leaf in leaves(plan.stages):
        where = leaf.path.removeprefix("sample/")
        for name in leaf.op.needs:
            if name not in arrays:
                raise SampleError("sample", f"an entry {name!r}, which {where} looks at", f"entries {sorted(arrays)}")
        wanted = leaf.op.needs_one
        if wanted and not any(name in arrays for name in wanted):
            raise SampleError(
                "sample",
                f"an entry {' or '.join(map(repr, wanted))}, which {where} changes",
                f"entries {sorted(arrays)}",
            )
        for name in leaf.op.refused():
            if name in arrays:
                inside = ", or what moves pixels out of its members" if isinstance(leaf.op, Combinator) else ""
                raise SampleError(
                    name,
                    f"no {name}, because {leaf.op.tag} ({where}) has no meaning for them",
                    f"entries {sorted(arrays)}",
                    f"Leave them out of the sample, or {leaf.op.tag} out of the policy{inside}.",
                )
        fill = getattr(leaf.op, "fill", 0.0)
        if domain == "move" and dtype not in ("uint8", "uint16", *FLOATS) and np.any(fill):
            raise Unsupported(
                where, f"a fill of {fill} means nothing in {dtype}, whose range is unknown", "Fill with 0."
            )


def check_batch(mixer: str, rank: int, form: str) -> None:
    """Refuse single samples where samples of a batch are mixed, by an op of a name."""
    if rank == 3:
        raise SampleError(
            "image",
            f"a batch, rank 4 ({form}), because {mixer} mixes samples of a batch",
            f"rank {rank}",
            "Augment after batching; evaluation (training=False) takes single samples.",
        )


def _check_mask(
    shape: tuple[int, ...], dtype: str, batched: bool, batch: int | None, height: int, width: int, form: str
) -> bool:
    lead: tuple[int | None, ...] = (batch,) if batched else ()
    rank = len(shape) - len(lead)
    spatial: tuple[int, ...] = ()
    if rank == 2:
        spatial = shape[-2:]
    elif rank == 3:
        spatial = shape[-3:-1] if form == "NHWC" else shape[-2:]
    if spatial != (height, width) or shape[: len(lead)] != lead:
        raise SampleError("mask", f"the image's batch and size {(*lead, height, width)}", f"shape {shape}")
    if dtype not in MASKS:
        raise SampleError("mask", f"a dtype of {', '.join(MASKS)}", f"dtype {dtype}")
    return rank == 3


def _check_fill(fill: float, dtype: str) -> None:
    """Refuse a fill that the mask's dtype cannot hold: a cast would wrap it, or cut it off."""
    if dtype in FLOATS:
        return
    low, high = (0, 1) if dtype == "bool" else (int(np.iinfo(dtype).min), int(np.iinfo(dtype).max))
    if fill != int(fill) or not low <= fill <= high:
        raise SampleError(
            "mask", f"a dtype that holds targets.mask.fill = {fill:g}", f"dtype {dtype}, whole numbers {low} to {high}"
        )


def _check_points(
    name: str, shape: tuple[int, ...], dtype: str, batched: bool, batch: int | None, policy: Policy
) -> None:
    size = 4 if name == "boxes" else 2
    wanted = f"(B, N, {size})" if batched else f"(N, {size})"
    if len(shape) != 2 + batched or shape[-1] != size or (batched and shape[0] != batch):
        raise SampleError(name, f"shape {wanted}" + (f" with B = {batch}" if batched else ""), f"shape {shape}")
    if shape[-2] is None:
        raise SampleError(name, f"a static number of {name} (pad them, and give their flags)", f"shape {shape}")
    if dtype not in FLOATS:
        raise SampleError(name, f"a dtype of {', '.join(FLOATS)}", f"dtype {dtype}")
    names = policy.targets.keypoints.names if name == "keypoints" else ()
    if names and len(names) != shape[-2]:
        raise SampleError(name, f"{len(names)} rows, one for each of targets.keypoints.names", f"shape {shape}")
    pairs = policy.targets.keypoints.swap_pairs if name == "keypoints" else ()
    worst = max((row for pair in pairs for row in pair), default=-1)
    if worst >= shape[-2]:
        raise SampleError(
            name, f"at least {worst + 1} rows, because targets.keypoints.swap_pairs names row {worst}", f"shape {shape}"
        )


def check_values(name: str, values: np.ndarray, options: Options) -> None:
    """Refuse boxes and keypoints that are not numbers, and boxes whose corners are in the wrong order."""
    array = np.asarray(values, dtype=np.float64)
    if not np.isfinite(array).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise SampleError(name, "finite numbers", f"{array[where]} at index {where}")
    if (np.abs(array) > _FARTHEST).any():
        where = tuple(int(i) for i in np.argwhere(np.abs(array) > _FARTHEST)[0])
        raise SampleError(name, f"numbers from {-_FARTHEST:g} to {_FARTHEST:g}", f"{array[where]:g} at index {where}")
    if name != "boxes":
        return
    if options.box_format in ("xyxy", "yxyx"):
        wrong = (array[..., 2] < array[..., 0]) | (array[..., 3] < array[..., 1])
    else:
        wrong = (array[..., 2] < 0) | (array[..., 3] < 0)
    if wrong.any():
        where = tuple(int(i) for i in np.argwhere(wrong)[0])
        raise SampleError(
            "boxes", f"{options.box_format} boxes whose sides are not negative", f"{array[where].tolist()} at {where}"
        )
