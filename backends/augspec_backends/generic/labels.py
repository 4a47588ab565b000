"""The entries `label`, class ids or soft labels of samples, and `labels`, one row for each box (T3, T5)."""

from __future__ import annotations

import numpy as np

from augspec.errors import SampleError
from augspec.formats import MASKS
from augspec.language.policy import Policy
from augspec.namespace import Array, Namespace

__all__ = ["LABEL", "LABELS", "check_label", "check_label_values", "check_labels", "classes_of", "soft_labels"]

LABEL = "label"
"""One per sample; every policy that mixes nothing leaves it alone, as all that is no target."""

LABELS = "labels"
"""One row per box: it follows boxes that are dropped, or that come together with others; else it passes through."""

_WHOLE = ("uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64")


def check_label(shape: tuple[int | None, ...], dtype: str, batch: int | None, policy: Policy) -> None:
    """Refuse what are no labels of a batch.

    Raises:
        SampleError: neither class ids (B,) of a policy that says how many classes there are, nor (B, K) float32.
    """
    classes = policy.targets.label.classes
    lead = "B" if batch is None else str(batch)
    if len(shape) == 1 and dtype in _WHOLE:
        if classes is None:
            raise SampleError(
                LABEL,
                f"soft labels ({lead}, K) float32, because class ids do not say how many classes there are",
                f"{dtype} of shape {shape}",
                'Write "targets": {"label": {"classes": K}} into the policy.',
            )
        fits = shape == (batch,)
    else:
        fits = (
            len(shape) == 2
            and dtype == "float32"
            and shape[0] == batch
            and shape[1] in ((classes,) if classes else shape[1:])
        )
        fits = fits and shape[1] not in (None, 0)
    if not fits:
        soft = f"soft labels ({lead}, {classes or 'K'}) float32"
        raise SampleError(LABEL, f"class ids ({lead},), or {soft}", f"{dtype} of shape {shape}")


def check_labels(shape: tuple[int | None, ...], dtype: str, boxes: tuple[int | None, ...]) -> None:
    """Refuse what are no labels of the boxes of a batch, which are to come together with those of others.

    Raises:
        SampleError: no array (B, N, …) of a dtype that masks may have.
    """
    if shape[: len(boxes) - 1] != boxes[:-1] or dtype not in MASKS:
        lead = ", ".join("B" if side is None else str(side) for side in boxes[:-1])
        raise SampleError(
            LABELS,
            f"one row per box, ({lead}, …), of a dtype of {', '.join(MASKS)}",
            f"{dtype} of shape {shape}",
            "Rows of boxes come together with their boxes; call what is something else by another name.",
        )


def check_label_values(values: np.ndarray, classes: int | None) -> None:
    """Refuse class ids that stand for no class."""
    array = np.asarray(values)
    if array.ndim != 1 or classes is None:
        return
    wrong = np.flatnonzero((array < 0) | (array >= classes))
    if wrong.size:
        raise SampleError(
            LABEL,
            f"class ids from 0 to {classes - 1} (targets.label.classes)",
            f"{array[wrong[0]]} at index {wrong[0]}",
        )


def classes_of(shape: tuple[int, ...], policy: Policy) -> int:
    """Return how many entries the soft labels have that come of labels of a shape."""
    return shape[1] if len(shape) == 2 else int(policy.targets.label.classes or 0)


def soft_labels(xp: Namespace, labels: Array, classes: int) -> Array:
    """Return labels as (B, K) float32; inside a graph, where no value can be looked at, an id of no class is NaN."""
    if len(xp.shape(labels)) == 2:
        return labels
    ids = xp.reshape(xp.astype(labels, "int32"), (-1, 1))
    hot = xp.astype(ids == xp.reshape(xp.arange(classes), (1, -1)), "float32")
    known = xp.logical_and(ids >= 0, ids < classes)
    return xp.where(known, hot, hot * 0.0 + float("nan"))
