"""Items of datasets: which entry is which target, read as host arrays and written back in the item's own form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from augspec.errors import SampleError
from augspec_backends.generic.compaction import keep_rows
from augspec_backends.generic.labels import LABELS
from augspec_backends.generic.sample import FLAGS, TARGETS, moving

__all__ = ["check_targets", "compact_item", "form", "read_item", "write_item"]


def check_targets(targets: Mapping[Any, str]) -> None:
    """Refuse a mapping of entries to targets that is none.

    Raises:
        SampleError: an unknown or repeated target, or no image.
    """
    named, words = list(targets.values()), (*TARGETS, LABELS)
    if any(name not in words for name in named) or len(set(named)) < len(named) or "image" not in named:
        raise SampleError("targets", f"'image' and, once each, others of {', '.join(words)}", dict(targets))


def _entries(item: Any, targets: Mapping[Any, str] | None) -> dict[str, Any]:
    """Return the place of every target in an item; None stands for the item itself."""
    if targets is None:
        if isinstance(item, Mapping):
            return {name: name for name in (*TARGETS, *FLAGS) if moving(name, item) and name in item}
        return {"image": 0 if isinstance(item, (tuple, list)) else None}
    return {name: place for place, name in targets.items() if name != LABELS}


def _labels_place(item: Any, targets: Mapping[Any, str] | None) -> Any:
    """Return where an item holds its boxes' labels; None if nobody says."""
    if targets is None:
        return LABELS if isinstance(item, Mapping) and LABELS in item else None
    return next((place for place, name in targets.items() if name == LABELS), None)


def compact_item(item: Any, targets: Mapping[Any, str] | None, new: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Return an item and its new targets (host arrays) with the invalid boxes dropped, and their labels.

    Raises:
        SampleError: labels that are not one per box.
    """
    rows = np.flatnonzero(new["boxes_valid"])
    fewer = {**new, **{name: new[name][rows] for name in ("boxes", "boxes_valid")}}
    place = _labels_place(item, targets)
    if place is None:
        return item, fewer
    kept = keep_rows(item[place], rows, len(new["boxes"]), lambda x: x[rows])
    if isinstance(item, Mapping):
        return {**item, place: kept}, fewer
    entries = [*item[:place], kept, *item[place:][1:]]
    return (type(item)(*entries) if hasattr(item, "_fields") else type(item)(entries)), fewer


def read_item(item: Any, targets: Mapping[Any, str] | None) -> dict[str, np.ndarray]:
    """Return an item's targets as host arrays, channels last."""
    sample = {}
    for name, place in _entries(item, targets).items():
        try:
            value = item if place is None else item[place]
        except (KeyError, IndexError, TypeError):
            raise SampleError("targets", f"items with an entry {place!r} for {name!r}", _shown(item)) from None
        sample[name] = _host(name, value)
    if "image" not in sample:
        raise SampleError("sample", "an item with an entry 'image'; or name it with `targets`", _shown(item))
    return sample


def _shown(item: Any) -> str:
    """Return what kind of item it is, without the pixels."""
    if isinstance(item, Mapping):
        return f"a dict of {', '.join(map(repr, item)) or 'nothing'}"
    kind = type(item).__name__
    return f"a {kind} of {len(item)}" if isinstance(item, (tuple, list)) else f"one {kind}"


def _host(name: str, value: Any) -> np.ndarray:
    if isinstance(value, torch.Tensor):
        if value.dtype == torch.bfloat16:
            raise SampleError(name, "a dtype that NumPy has", "bfloat16", "Convert it after loading.")
        array = value.detach().cpu().numpy()
        if name in ("image", "mask") and array.ndim == 3:
            array = array.transpose(1, 2, 0)
    else:
        if getattr(value, "mode", None) == "P" and name == "image":
            raise SampleError(name, "an image of grey or colour values", "a PIL palette image", 'Use .convert("RGB").')
        array = np.asarray(value)
        if array.dtype.kind in "OSU":
            raise SampleError(name, "an array, a tensor or a PIL image", type(value).__name__)
    if name == "image" and array.ndim == 2:
        array = array[..., None]
    return array


def form(sample: Mapping[str, np.ndarray]) -> tuple[tuple[str, tuple[int, ...], str], ...]:
    """Return what samples must share to be augmented as one batch."""
    return tuple((name, array.shape, array.dtype.str) for name, array in sample.items())


def write_item(item: Any, targets: Mapping[Any, str] | None, new: dict[str, Any]) -> Any:
    """Return an item like `item` with new targets."""
    places = _entries(item, targets)
    added = {name: value for name, value in new.items() if name not in places}
    if isinstance(item, Mapping):
        return {**item, **{place: new[name] for name, place in places.items()}, **added}
    if places["image"] is None:
        return new["image"]
    entries = list(item)
    for name, place in places.items():
        entries[place] = new[name]
    if hasattr(item, "_fields"):
        if added:
            raise SampleError("sample", f"a tuple or a dict, which can grow by {', '.join(added)}", _shown(item))
        return type(item)(*entries)
    return type(item)([*entries, *added.values()])
