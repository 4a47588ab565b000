"""A map-style dataset whose samples arrive augmented: the same whatever the workers, batches and order."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from typing import Any, Literal, cast

import numpy as np
import torch
from torch.utils.data import Dataset, IterableDataset

import augspec
from augspec_backends.host.capabilities import CAPABILITIES
from augspec_backends.torch.items import Items, form

__all__ = ["AugmentedDataset"]


class AugmentedDataset(Dataset[Any]):
    """A view of a map-style dataset that augments every item it hands out.

    What an item looks like depends on (policy, seed, epoch, view, id) alone, and its id is its index in
    `dataset`: any number of workers, forked or spawned, any batch size, any shuffling give identical samples.
    Nothing is drawn from Python's, NumPy's or torch's random state.

    Items are the image itself, a tuple such as (image, label), or a dict. Images are PIL images, NumPy arrays
    (H, W, C) or (H, W), or tensors (C, H, W) or (H, W), with `frames=True` stacks of these, (T, H, W, C) and
    (T, C, H, W); what is no target comes back as the same object. The targets `boxes` and `keypoints` add
    `boxes_valid` and `keypoints_visible`: a dict gets them by name, a tuple at its end.

    Example:
        >>> import numpy as np, augspec
        >>> photos = [(np.full((8, 8, 3), 10 * i, np.uint8), i) for i in range(4)]
        >>> policy = augspec.loads('{"augspec": 1, "ops": [{"op": "horizontal_flip"}]}')
        >>> data = AugmentedDataset(photos, policy, seed=7)
        >>> image, label = data[3]
        >>> tuple(image.shape), image.dtype, label
        ((3, 8, 8), torch.uint8, 3)

    Args:
        dataset: anything with `__len__` and `__getitem__`.
        policy: what `augspec.load` returns.
        seed: an int, or an `augspec.Key` whose epoch and view are the ones to start with.
        training: whether to augment, or to run the policy's `eval` pipeline, as validation data wants it.
        targets: which entry of an item is which target, such as `{0: "image", 1: "mask"}` or
            `{"img": "image"}`; by default entry 0 of a tuple, and a dict's entries named like targets.
        ids: what names the samples for good: for each index of `dataset` a whole number or a text, or a
            function of the index. For a `Subset` that is to share the whole's samples, its `indices`.
        backend: where the work is done, on the host: a name from `augspec.backends()`. By default "host", which is
            many times faster, where llvmlite is installed, and else "numpy": the same bytes of uint8 images.
        output: "tensor" for tensors (C, H, W), or "numpy" for arrays (H, W, C).
        **options: of `augspec.compile`, such as `value_range` or `box_format`.

    Raises:
        Unsupported: a policy that mixes samples of a batch (`mixup`, `cutmix`, `mosaic`), unless `training` is false.
    """

    def __init__(
        self,
        dataset: Any,
        policy: augspec.Policy,
        *,
        seed: int | augspec.Key = 0,
        training: bool = True,
        targets: Mapping[Any, str] | None = None,
        ids: Sequence[int | str] | Callable[[int], int | str] | None = None,
        backend: str | None = None,
        output: Literal["tensor", "numpy"] = "tensor",
        **options: Any,
    ) -> None:
        if isinstance(dataset, IterableDataset) or not hasattr(dataset, "__getitem__"):
            raise TypeError(f"AugmentedDataset takes a map-style dataset, got {type(dataset).__name__}")
        if output not in ("tensor", "numpy"):
            raise ValueError(f"output: expected 'tensor' or 'numpy', got {output!r}")
        self.dataset = dataset
        self.training = training
        if "layout" in options:
            raise TypeError(
                "AugmentedDataset takes no `layout`: it reads arrays (H, W, C) and tensors (C, H, W) by type"
            )
        if ids is not None and not callable(ids) and hasattr(dataset, "__len__") and len(ids) < len(dataset):
            raise ValueError(f"ids: expected one per sample, {len(dataset)} of them, got {len(ids)}")
        # Samples of one shape run as a batch, in which no box can be dropped: that is done item by item.
        self._compact = policy.targets.boxes.compact
        chosen = backend or ("numpy" if find_spec(CAPABILITIES.framework) is None else "host")
        self.augment = augspec.compile(_uncompacted(policy), chosen, layout="NHWC", **options)
        if training and self.augment.mixes:
            raise augspec.Unsupported(
                "AugmentedDataset",
                f"{self.augment.mixes} mixes samples of a batch, and a dataset hands out one at a time",
                "Use augspec_backends.torch.Augment on the batches of the loader: layer({'image': x, 'label': y}).",
            )
        self._key = seed if isinstance(seed, augspec.Key) else augspec.Key(seed)
        self._items = Items(None if targets is None else dict(targets), policy.targets, self.augment.options.frames)
        self._items.check()
        self._ids = ids
        self._output = output
        # Workers that outlive an epoch hold copies of this object, but there is only one of this memory.
        self._epoch = _shared(torch.tensor(self._key.epoch, dtype=torch.int64))

    @property
    def key(self) -> augspec.Key:
        """Return the key in use: seed, epoch and view."""
        return self._key.fold(int(self._epoch))

    def set_epoch(self, epoch: int) -> None:
        """Fold an epoch into the key, here and in living workers; call it before iterating a loader."""
        self._key.fold(epoch)  # refuses what is no epoch
        self._epoch.fill_(epoch)

    def view(self, view: int) -> AugmentedDataset:
        """Return the same data in another view, as contrastive training pairs them; set epochs on each."""
        other = object.__new__(type(self))
        other.__setstate__({**self.__dict__, "_key": self._key.view(view), "_epoch": self._epoch.clone()})
        return other

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        _shared(self._epoch)  # copies and plain pickles; what torch sends to a worker is so already

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, index: Any) -> Any:
        return self.__getitems__([index])[0]

    def __getitems__(self, indices: Sequence[Any]) -> list[Any]:
        """Return several items; loaders call this, and samples of one shape are augmented together."""
        places = [self._place(index) for index in indices]
        items = self._fetch(places)
        samples = [self._items.read(item) for item in items]
        groups: dict[Any, list[int]] = {}
        for row, sample in enumerate(samples):
            groups.setdefault(form(sample), []).append(row)
        found: dict[int, Any] = {}
        for rows in groups.values():
            batch = {name: np.stack([samples[row][name] for row in rows]) for name in samples[rows[0]]}
            out = self._run(batch, [self._id(places[row]) for row in rows])
            for position, row in enumerate(rows):
                # Rows of a batch share memory: an item has its own.
                new = {name: array[position].copy() for name, array in out.items()}
                item = items[row]
                if self._compact and "boxes" in new:
                    item, new = self._items.compact(item, new)
                found[row] = self._items.write(item, self._give(new))
        return [found[row] for row in range(len(items))]

    def _place(self, index: Any) -> Any:
        if isinstance(index, str):
            return index
        number = operator.index(index)
        if number < 0:  # the same sample, whichever end it is counted from
            number += len(self)
        if not 0 <= number < len(self):
            raise IndexError(f"index {index} of a dataset of {len(self)} samples")
        return number

    def _fetch(self, places: list[Any]) -> list[Any]:
        several = getattr(self.dataset, "__getitems__", None)
        if several is not None and len(places) > 1:
            return list(several(places))
        return [self.dataset[place] for place in places]

    def _id(self, place: Any) -> int | str:
        if self._ids is None:
            return cast("int | str", place)
        found = self._ids(place) if callable(self._ids) else self._ids[place]
        return found if isinstance(found, str) else operator.index(found)

    def _run(self, batch: dict[str, np.ndarray], ids: list[int | str]) -> dict[str, np.ndarray]:
        numbers = [augspec.sample_id(entry) if isinstance(entry, str) else entry for entry in ids]
        backend = self.augment.backend
        native: dict[str, Any] = batch
        if not backend.owns(batch["image"]):
            native = {name: torch.from_numpy(array) for name, array in batch.items()}
        out = self.augment(self.key, native, numbers, training=self.training)
        return {name: np.asarray(array) for name, array in out.items()}

    def _give(self, sample: dict[str, np.ndarray]) -> dict[str, Any]:
        if self._output == "numpy":
            return dict(sample)
        turned = {n: np.moveaxis(a, -1, -3) if self._items.channels(n, a) else a for n, a in sample.items()}
        return {name: torch.from_numpy(np.ascontiguousarray(array)) for name, array in turned.items()}


def _uncompacted(policy: augspec.Policy) -> augspec.Policy:
    boxes = policy.targets.boxes.model_copy(update={"compact": False})
    return policy.model_copy(update={"targets": policy.targets.model_copy(update={"boxes": boxes})})


def _shared(value: torch.Tensor) -> torch.Tensor:
    if not value.is_shared():  # type: ignore[no-untyped-call]
        value.share_memory_()  # type: ignore[no-untyped-call]
    return value
