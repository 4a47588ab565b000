"""`targets.boxes.compact`: drop the boxes that are no longer valid, with their labels (T3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from augspec.errors import SampleError
from augspec.namespace import Array, Namespace
from augspec_backends.generic.labels import LABELS
from augspec_backends.generic.signature import Signature

if TYPE_CHECKING:
    from augspec_backends.generic.backend import GenericBackend

__all__ = ["BESIDE", "check_compaction", "compacted", "keep_rows"]

BESIDE = ("boxes", "boxes_valid", "instance_masks")
"""Results of one image that have one row for each box."""

_WITHOUT = "Leave targets.boxes.compact out and select by `boxes_valid` yourself."


def check_compaction(signature: Signature, rest: Mapping[str, Any], *, concrete: bool) -> None:
    """Refuse, before any work, samples whose boxes cannot be dropped.

    Args:
        signature: of a sample with boxes.
        rest: the entries that pass through.
        concrete: whether the values can be looked at.

    Raises:
        SampleError: a batch, whose samples would keep different numbers of boxes; a sample inside a compiled
            function, where shapes are static; labels that are not one per box.
    """
    shape = next(shape for name, shape, _ in signature.leaves if name == "boxes")
    if signature.lead:
        raise SampleError(
            "boxes", "one image, shape (N, 4), because targets.boxes.compact drops boxes", f"shape {shape}", _WITHOUT
        )
    if not concrete:
        raise SampleError(
            "boxes",
            "concrete values, because targets.boxes.compact changes their number",
            "a traced array, whose shape is static",
            _WITHOUT,
        )
    if LABELS in rest:
        keep_rows(rest[LABELS], np.arange(0), shape[0], lambda labels: labels)


def keep_rows(labels: Any, rows: np.ndarray, count: int, select: Callable[[Any], Any]) -> Any:
    """Return the entries of labels at some rows, in the labels' own type.

    Args:
        labels: an array or tensor (N, …), a list or a tuple.
        rows: host indices.
        count: N, the number of boxes.
        select: returns the rows of a framework's tensor.

    Raises:
        SampleError: labels that are not one per box.
    """
    listed = type(labels) in (list, tuple)
    known = (len(labels),) if listed else tuple(getattr(labels, "shape", ()))[:1]
    if known != (count,):
        got = f"{known[0]} of them" if known else f"{type(labels).__name__}"
        raise SampleError(LABELS, f"one label per box ({count}), an array, list or tuple", got, _WITHOUT)
    if listed:
        return type(labels)(labels[row] for row in rows)
    return labels[rows] if isinstance(labels, np.ndarray) else select(labels)


def compacted(backend: GenericBackend, xp: Namespace, out: Mapping[str, Array], rest: Mapping[str, Any]) -> Any:
    """Return results and passing entries with the invalid boxes dropped: boxes (M, 4), boxes_valid all true."""
    valid = backend.to_host(out["boxes_valid"])
    rows = np.flatnonzero(valid)

    def select(x: Any) -> Any:
        return xp.select_axis(x, rows, 0)

    fewer = {**out, **{name: select(out[name]) for name in BESIDE if name in out}}
    if LABELS not in rest:
        return fewer, rest
    return fewer, {**rest, LABELS: keep_rows(rest[LABELS], rows, len(valid), select)}
