"""The policy document: version 1."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Field

from augspec.errors import printable
from augspec.language.limits import MAX_OPS
from augspec.language.model import Model, Named
from augspec.ops.base import Combinator, Op
from augspec.registry import any_op

__all__ = [
    "BoxesTarget",
    "FramesTarget",
    "InstanceMasksTarget",
    "KeypointsTarget",
    "LabelTarget",
    "MaskTarget",
    "Policy",
    "Targets",
    "tags_first",
    "walk",
]

if TYPE_CHECKING:
    AnyOp = Op
else:
    AnyOp = any_op()

SCHEMA_URL = "https://augspec.dev/schema/v1.json"


class MaskTarget(Model):
    """How masks follow the geometry (T2)."""

    fill: Annotated[float, Field(ge=-(2**31), le=2**31 - 1)] = 0.0
    """Value outside the image, in the mask's own numbers."""


Masks = Annotated[
    dict[Annotated[str, Field(min_length=1, max_length=200)], MaskTarget],
    Field(max_length=64),
    AfterValidator(Named),
]
"""Masks by the names of their entries."""


class InstanceMasksTarget(MaskTarget):
    """How masks of instances follow the geometry, and their boxes with them (T8)."""

    tight_boxes: bool = False
    """Whether boxes become the smallest that hold what is left of their masks, where something moved."""


class BoxesTarget(Model):
    """When a box stays valid (T3)."""

    min_area: Annotated[float, Field(ge=0, le=1e9)] = 0.0
    """Smallest area after clipping, in square pixels; a box without area is never valid."""

    min_visibility: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Smallest share of the moved box that the canvas still shows."""

    compact: bool = False
    """Whether to drop the boxes that are not valid, and their rows of `labels`: single samples only."""


class KeypointsTarget(Model):
    """How keypoints follow mirrors (T4)."""

    names: Annotated[tuple[Annotated[str, Field(min_length=1, max_length=200)], ...], Field(max_length=4096)] = ()
    """What each row is, such as `left_eye`, row 0 first; a mirror then needs a pair for every left and right."""

    swap_pairs: Annotated[tuple[tuple[int, int], ...], Field(max_length=1024)] = ()
    """Pairs of rows that exchange places when the sample is mirrored, such as left and right eye."""

    unswapped: bool = False
    """Whether rows named left and right may stay where they are when the sample is mirrored."""


class LabelTarget(Model):
    """What the entry `label` holds (T5)."""

    classes: Annotated[int, Field(ge=1, le=65536)] | None = None
    """How many classes there are: class ids become soft labels where samples are mixed."""


class FramesTarget(Model):
    """What the images of a stack share (T7)."""

    noise: Literal["independent", "shared"] = "independent"
    """Whether every frame has noise of its own, as of a camera, or all have the same; all else is always shared."""


class Targets(Model):
    """Settings of the targets that move with the image, and of its label."""

    mask: MaskTarget = MaskTarget()
    """The entry `mask`: what stands outside of the image."""

    masks: Masks = Field(default={})
    """Further masks, by the names of their entries in a sample, such as `semantic` and `depth`."""

    instance_masks: InstanceMasksTarget = InstanceMasksTarget()
    """The entry `instance_masks`: one mask for each box, and whether boxes are fitted to them."""

    boxes: BoxesTarget = BoxesTarget()
    """The entry `boxes`: which stay valid, and whether the others are dropped."""

    keypoints: KeypointsTarget = KeypointsTarget()
    """The entry `keypoints`: what the rows are called, and which exchange places in a mirror."""

    label: LabelTarget = LabelTarget()
    """The entry `label`: how many classes there are."""

    frames: FramesTarget = FramesTarget()
    """Stacks of images, compiled with `frames=True`: what their images share."""


class Policy(Model):
    """An augmentation policy: data only, closed vocabulary, the same meaning on every backend."""

    schema_: Annotated[
        Literal["https://augspec.dev/schema/v1.json"]
        | Annotated[str, Field(pattern=r"^[^:?#]+\.json$", examples=["./augspec.schema.json"])]
        | None,
        Field(alias="$schema"),
    ] = None
    """The JSON Schema's address, or the path of a copy such as `./augspec.schema.json`, for editors."""

    augspec: Literal[1]
    """Version of the language."""

    name: Annotated[str, Field(max_length=200)] | None = None
    """A name for people; changes no draw."""

    description: Annotated[str, Field(max_length=10_000)] | None = None
    """A text for people; changes no draw."""

    ops: Annotated[tuple[AnyOp, ...], Field(max_length=MAX_OPS)]
    """What is applied in training, in order."""

    eval: Annotated[tuple[AnyOp, ...], Field(max_length=MAX_OPS)] | None = None
    """The deterministic pipeline for evaluation; without it evaluation changes nothing."""

    targets: Targets = Targets()
    """How masks, boxes and keypoints follow, and what labels hold."""

    @property
    def title(self) -> str:
        """Return the name as it may be shown on a terminal; empty where there is none."""
        return printable(self.name or "")

    def to_dict(self) -> dict[str, Any]:
        """Return the document as plain JSON values, fields at their defaults and absent ones left out."""
        # Tags and the version have no defaults, so they are always kept.
        kept = tags_first(json.loads(self.model_dump_json(by_alias=True, exclude_defaults=True)))
        assert isinstance(kept, dict)
        return kept

    def canonical(self) -> str:
        """Return the canonical text of what the policy means: keys sorted, ids written in, defaults left out.

        Names, descriptions and `$schema` are left out: two policies with equal canonical texts give equal
        samples. A field that a later version adds leaves the texts of earlier policies as they are.
        """
        from augspec.normalize import named

        spelled = self.model_copy(update={"ops": named(self.ops), "eval": self.eval and named(self.eval)})
        full = spelled.model_dump_json(exclude={"schema_", "name", "description"}, exclude_defaults=True)
        return json.dumps(json.loads(full), sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    def canonical_hash(self) -> str:
        """Return the SHA-256 of `canonical()`, in hexadecimal; stable over processes and versions."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()


def tags_first(value: Any) -> Any:
    """Order the keys as a person would write them: what it is, its name, the rest, and members last."""
    if isinstance(value, list):
        return [tags_first(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    first = [key for key in ("$schema", "augspec", "op", "id", "p") if key in value]
    last = [key for key in ("ops", "eval", "targets") if key in value]
    order = [*first, *(key for key in value if key not in first and key not in last), *last]
    return {key: tags_first(value[key]) for key in order}


def walk(ops: tuple[Op, ...], path: tuple[str | int, ...]) -> list[tuple[tuple[str | int, ...], Op]]:
    """Return every op with its path in the document, outer ones first."""
    found: list[tuple[tuple[str | int, ...], Op]] = []
    for position, op in enumerate(ops):
        here = (*path, position)
        found.append((here, op))
        if isinstance(op, Combinator):
            found.extend(walk(op.ops, (*here, "ops")))
    return found
