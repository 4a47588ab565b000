"""Items of datasets: which entry is which target, read as host arrays and written back in the item's own form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from augspec.errors import SampleError
from augspec.language.policy import Targets
from augspec_backends.generic.compaction import BESIDE, keep_rows
from augspec_backends.generic.labels import LABELS
from augspec_backends.generic.targets import IMAGE, moved_names, targets_of

__all__ = ["Items", "form"]


@dataclass(frozen=True)
class Items:
    """What items of a data set are.

    Attributes:
        places: which entry is which target; None for entry 0 of a tuple, and a dict's entries named like targets.
        settings: what the policy says of targets.
        frames: whether an item's images are stacks.
    """

    places: Mapping[Any, str] | None
    settings: Targets
    frames: bool

    def check(self) -> None:
        """Refuse a mapping of entries to targets that is none.

        Raises:
            SampleError: an unknown or repeated target, or no image.
        """
        if self.places is None:
            return
        named, words = list(self.places.values()), (IMAGE, *(t.name for t in targets_of(self.settings)), LABELS)
        if any(name not in words for name in named) or len(set(named)) < len(named) or IMAGE not in named:
            raise SampleError("targets", f"'image' and, once each, others of {', '.join(words)}", dict(self.places))

    def read(self, item: Any) -> dict[str, np.ndarray]:
        """Return an item's targets as host arrays, channels last."""
        sample = {}
        for name, place in self._entries(item).items():
            try:
                value = item if place is None else item[place]
            except (KeyError, IndexError, TypeError):
                raise SampleError("targets", f"items with an entry {place!r} for {name!r}", _shown(item)) from None
            sample[name] = self._host(name, value)
        if IMAGE not in sample:
            raise SampleError("sample", "an item with an entry 'image'; or name it with `targets`", _shown(item))
        return sample

    def write(self, item: Any, new: dict[str, Any]) -> Any:
        """Return an item like `item` with new targets."""
        places = self._entries(item)
        added = {name: value for name, value in new.items() if name not in places}
        if isinstance(item, Mapping):
            return {**item, **{place: new[name] for name, place in places.items()}, **added}
        if places[IMAGE] is None:
            return new[IMAGE]
        entries = list(item)
        for name, place in places.items():
            entries[place] = new[name]
        if hasattr(item, "_fields"):
            if added:
                raise SampleError("sample", f"a tuple or a dict, which can grow by {', '.join(added)}", _shown(item))
            return type(item)(*entries)
        return type(item)([*entries, *added.values()])

    def compact(self, item: Any, new: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        """Return an item and its new targets (host arrays) with the invalid boxes dropped, and their labels.

        Raises:
            SampleError: labels that are not one per box.
        """
        rows = np.flatnonzero(new["boxes_valid"])
        fewer = {**new, **{name: new[name][rows] for name in BESIDE if name in new}}
        place = self._labels_place(item)
        if place is None:
            return item, fewer
        kept = keep_rows(item[place], rows, len(new["boxes"]), lambda x: x[rows])
        if isinstance(item, Mapping):
            return {**item, place: kept}, fewer
        entries = [*item[:place], kept, *item[place:][1:]]
        return (type(item)(*entries) if hasattr(item, "_fields") else type(item)(entries)), fewer

    def channels(self, name: str, array: Any) -> bool:
        """Return whether a target's array has channels, which stand last in arrays and first in tensors."""
        pixels = name == IMAGE or any(t.name == name and t.layouts for t in targets_of(self.settings))
        return pixels and array.ndim == (4 if self.frames else 3)

    def _entries(self, item: Any) -> dict[str, Any]:
        """Return the place of every target in an item; None stands for the item itself."""
        if self.places is None:
            if isinstance(item, Mapping):
                return {name: name for name in moved_names(self.settings, item)}
            return {IMAGE: 0 if isinstance(item, (tuple, list)) else None}
        return {name: place for place, name in self.places.items() if name != LABELS}

    def _labels_place(self, item: Any) -> Any:
        """Return where an item holds its boxes' labels; None if nobody says."""
        if self.places is None:
            return LABELS if isinstance(item, Mapping) and LABELS in item else None
        return next((place for place, name in self.places.items() if name == LABELS), None)

    def _host(self, name: str, value: Any) -> np.ndarray:
        if isinstance(value, torch.Tensor):
            if value.dtype == torch.bfloat16:
                raise SampleError(name, "a dtype that NumPy has", "bfloat16", "Convert it after loading.")
            array = value.detach().cpu().numpy()
            if self.channels(name, array):
                array = np.moveaxis(array, -3, -1)
        else:
            if getattr(value, "mode", None) == "P" and name == IMAGE:
                raise SampleError(
                    name, "an image of grey or colour values", "a PIL palette image", 'Use .convert("RGB").'
                )
            array = np.asarray(value)
            if array.dtype.kind in "OSU":
                raise SampleError(name, "an array, a tensor or a PIL image", type(value).__name__)
        if name == IMAGE and array.ndim == (3 if self.frames else 2):
            array = array[..., None]
        return array


def _shown(item: Any) -> str:
    """Return what kind of item it is, without the pixels."""
    if isinstance(item, Mapping):
        return f"a dict of {', '.join(map(repr, item)) or 'nothing'}"
    kind = type(item).__name__
    return f"a {kind} of {len(item)}" if isinstance(item, (tuple, list)) else f"one {kind}"


def form(sample: Mapping[str, np.ndarray]) -> tuple[tuple[str, tuple[int, ...], str], ...]:
    """Return what samples must share to be augmented as one batch."""
    return tuple((name, array.shape, array.dtype.str) for name, array in sample.items())
