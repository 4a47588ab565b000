"""Targets: their names and formats, those that ops need, and what the policy says of them."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from augspec.check.places import leaf_ops
from augspec.check.problem import Problem
from augspec.check.setting import Setting
from augspec.errors import nearest
from augspec.formats import CHOICES, FLOATS, MASKS, ROTATED, TARGETS

if TYPE_CHECKING:
    from augspec.language.policy import Policy

__all__ = ["FORMATS", "problems"]

FORMATS: dict[str, tuple[tuple[str, ...], ...]] = {
    "mask": (MASKS,),
    "instance_masks": (MASKS,),
    "boxes": (CHOICES["box_format"], CHOICES["box_units"]),
    "keypoints": (CHOICES["keypoint_format"],),
}
"""What may follow a target's name: one word of each list, in any order; the first of a list is the default."""


def problems(policy: Policy, setting: Setting) -> list[Problem]:
    """Return what is wrong with the targets."""
    return [
        *_names(policy, setting),
        *_formats(policy, setting),
        *_mask(policy, setting),
        *_boxes(policy, setting),
        *_needs(policy, setting),
    ]


def _names(policy: Policy, setting: Setting) -> Iterator[Problem]:
    for name in setting.targets:
        if name in TARGETS or name in policy.targets.masks:
            continue
        close = difflib.get_close_matches(name.casefold(), TARGETS, n=1, cutoff=0.6)
        if close:
            moving = ", ".join(TARGETS)
            yield Problem(
                f"target {name}",
                f"a name that is nearly {close[0]!r}",
                f"{moving}, or another name for what is to stay as it is",
                f"Call it {close[0]!r}.",
            )


def _formats(policy: Policy, setting: Setting) -> Iterator[Problem]:
    for name, words in setting.targets.items():
        lists = FORMATS["mask"] if name in policy.targets.masks else FORMATS.get(name, ())
        known = [word for one in lists for word in one]
        for word in words:
            if word not in known:
                allowed = " ".join(f"one of {', '.join(one)};" for one in lists).removesuffix(";")
                yield Problem(
                    f"target {name}",
                    f"the format {word!r}",
                    allowed or "no format: only masks, boxes and keypoints have one",
                    nearest(word, known),
                )
        for one in lists:
            given = [word for word in words if word in one]
            if len(given) > 1:
                yield Problem(f"target {name}", " and ".join(given), f"one of {', '.join(one)}")


def _mask(policy: Policy, setting: Setting) -> Iterator[Problem]:
    said = policy.targets
    fills = {"mask": ("targets.mask", said.mask.fill)}
    fills["instance_masks"] = ("targets.instance_masks", said.instance_masks.fill)
    fills |= {name: (f"targets.masks.{name}", one.fill) for name, one in said.masks.items()}
    for name, (place, fill) in fills.items():
        dtype = next((word for word in setting.targets.get(name, ()) if word in MASKS), None)
        if dtype is None or dtype in FLOATS:
            continue
        low, high = (0, 1) if dtype == "bool" else (int(np.iinfo(dtype).min), int(np.iinfo(dtype).max))
        if fill != int(fill) or not low <= fill <= high:
            yield Problem(
                f"{place}.fill", f"{fill:g}", f"a whole number from {low} to {high}, which masks of {dtype} hold"
            )


def _boxes(policy: Policy, setting: Setting) -> Iterator[Problem]:
    words = setting.targets.get("boxes", ())
    for word in words:
        if word in ROTATED and "normalized" in words:
            yield Problem("target boxes", f"{word} and normalized", f"{word} in pixels, because it has an angle")
        if word in ROTATED and policy.targets.instance_masks.tight_boxes:
            yield Problem(
                "targets.instance_masks.tight_boxes", f"true, with {word}", "true with boxes that have no angle"
            )
    if policy.targets.boxes.compact and "boxes" in setting.targets:
        if setting.batched or setting.frames:
            yield Problem(
                "targets.boxes.compact",
                f"true, with {'stacks' if setting.frames else 'a batch'}",
                "true for single images, because each keeps another number of boxes",
                "Leave it out and select by `boxes_valid`.",
            )
        if setting.mode not in ("auto", "eager"):
            yield Problem(
                "targets.boxes.compact",
                f"true, in the mode {setting.mode!r}",
                "true outside of compiled functions, whose shapes are static",
                "Leave it out and select by `boxes_valid`.",
            )


def _needs(policy: Policy, setting: Setting) -> Iterator[Problem]:
    have = {"image", *setting.targets}
    have |= {"mask" for name in setting.targets if name in policy.targets.masks}
    for place, op in leaf_ops(policy):
        for name in op.needs:
            if name not in have:
                yield Problem(
                    place,
                    f"{op.tag} without {name}",
                    f"samples with {name}, which it looks at",
                    f"Declare --target {name}.",
                )
        wanted = op.needs_one
        if wanted and not have.intersection(wanted):
            yield Problem(
                place,
                f"{op.tag} without {' and '.join(wanted)}",
                f"samples with {' or '.join(wanted)}, which it changes",
                f"Declare {' or '.join(f'--target {name}' for name in wanted)}.",
            )
        for name in op.refused():
            if name in have or (name in ("mask", "boxes") and "instance_masks" in have):
                yield Problem(
                    place,
                    f"{op.tag} with {name}",
                    f"samples without {name}, for which it has no meaning",
                    f"Leave {op.tag} out.",
                )
        if op.sees and setting.frames:
            yield Problem(
                place,
                f"{op.tag} on stacks",
                "ops that do not look at boxes, because every frame has others",
                "Crop by another op.",
            )
        if op.across and setting.shape is not None and len(setting.shape) == len(setting.single):
            yield Problem(
                place,
                f"{op.tag} on one image",
                "a batch, because it mixes samples of a batch",
                "Give a shape with a batch.",
            )
