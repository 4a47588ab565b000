"""The targets that move with the image, one class for each kind; `targets_of` is where a new kind is entered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from augspec.errors import SampleError, Unsupported
from augspec.formats import ROTATED
from augspec.language.policy import Targets
from augspec_backends.generic.options import Options
from augspec_backends.generic.targets.boxes import Boxes
from augspec_backends.generic.targets.instances import InstanceMasks
from augspec_backends.generic.targets.keypoints import Keypoints
from augspec_backends.generic.targets.masks import Mask
from augspec_backends.generic.targets.target import Passage, Target

__all__ = ["IMAGE", "Passage", "Target", "check_name", "check_settings", "moved_names", "outputs", "targets_of"]

IMAGE = "image"

_MISSPELT = {
    "image": ("images", "img", "imgs"),
    "mask": ("masks", "msk", "segmentationmask", "segmentationmasks"),
    "instance_masks": ("instancemask", "instances", "instancemasks"),
    "boxes": ("box", "bbox", "bboxes", "boundingbox", "boundingboxes"),
    "keypoints": ("keypoint", "kpts"),
}


def targets_of(settings: Targets) -> tuple[Target, ...]:
    """Return what may move besides the image, in the order of results."""
    named = (Mask(name, fill=one.fill, setting=f"targets.masks.{name}") for name, one in settings.masks.items())
    instances = InstanceMasks(fill=settings.instance_masks.fill)
    return (Mask("mask", fill=settings.mask.fill), *named, instances, Boxes(), Keypoints())


def moved_names(settings: Targets, sample: Iterable[Any]) -> tuple[str, ...]:
    """Return the names of a sample's entries that move with the image, and of their flags: image first, flags last."""
    entries = set(sample)
    found = [target for target in targets_of(settings) if target.name in entries]
    names = [IMAGE] if IMAGE in entries else []
    return (*names, *(t.name for t in found), *(t.flag for t in found if t.flag and t.flag in entries))


def outputs(settings: Targets, names: Iterable[str]) -> tuple[str, ...]:
    """Return the names of a call's results from those of what moves: flags that were not given come last."""
    given = tuple(names)
    found = [target.flag for target in targets_of(settings) if target.name in given]
    return (*given, *(flag for flag in found if flag and flag not in given))


def check_settings(settings: Targets, options: Options) -> None:
    """Refuse what a policy says of targets that options give no meaning.

    Raises:
        Unsupported: with what to leave out.
    """
    if settings.instance_masks.tight_boxes and options.box_format in ROTATED:
        raise Unsupported(
            f"compile(…, box_format={options.box_format!r})",
            "targets.instance_masks.tight_boxes makes upright boxes",
            "Leave tight_boxes out, or give boxes without an angle.",
        )


def check_name(name: object, settings: Targets) -> None:
    """Refuse an array's name that was surely meant to be a target: it would pass through unmoved.

    Raises:
        SampleError: with the target's name.
    """
    folded = str(name).casefold().replace("_", "").replace("-", "").replace(" ", "")
    for target, others in _MISSPELT.items():
        if folded in (target, *others):
            known = (IMAGE, *(one.name for one in targets_of(settings)))
            raise SampleError(
                "sample",
                f"the targets {', '.join(known)}",
                f"the entry {name!r}",
                f"Call it {target!r}{', or name it in targets.masks' if target == 'mask' else ''}; "
                "what is to stay as it is needs a name of its own.",
            )
