"""`tf.data`: a map that gives every element its id, so that parallel calls are as reproducible as a loop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from augspec.errors import SampleError
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.labels import LABEL, LABELS
from augspec_backends.generic.targets import IMAGE, targets_of

__all__ = ["augment_dataset"]


def augment_dataset(
    dataset: tf.data.Dataset,
    augmenter: Augmenter,
    key: Any,
    *,
    index: Any = None,
    targets: Mapping[Any, str] | None = None,
    training: bool = True,
    num_parallel_calls: Any = tf.data.AUTOTUNE,
    **options: Any,
) -> tf.data.Dataset:
    """Return a dataset whose elements are augmented; the one given stays as it is.

    Elements are the image, a tuple such as (image, label), or a dict; single samples or batches, whose last
    may be smaller, of images or, if the augmenter was compiled with `frames=True`, of stacks. An element's id is
    its position in `dataset`, counted in samples: batching before or after makes no difference. Positions follow
    the samples only as long as nothing shuffles before: after a shuffle, carry ids along and name them with
    `index`.

    A policy that mixes samples (`mixup`, `cutmix`, `mosaic`) needs batches, and changes their labels: the entry `label`
    of a dict, entry 1 of a tuple, or the one that `targets` calls "label". `mosaic` brings the boxes of four samples
    together, and with them their entry `labels`, or the one that `targets` calls "labels".

    New augmentations in every epoch, either way:

    - `augment_dataset(source.repeat(), …)` and `steps_per_epoch`: positions go on counting;
    - a variable as key, `words = tf.Variable(key.words())`, and `words.assign(key.fold(epoch).words())`
      before every epoch.

    Example:
        >>> import augspec, numpy as np, tensorflow as tf
        >>> policy = augspec.loads('{"augspec": 1, "ops": [{"op": "horizontal_flip"}]}')
        >>> source = tf.data.Dataset.from_tensor_slices((np.zeros((5, 8, 8, 3), np.uint8), np.arange(5)))
        >>> train = augment_dataset(source.batch(2), augspec.compile(policy, "tensorflow"), augspec.Key(7))
        >>> [image.shape[0] for image, label in train]
        [2, 2, 1]

    Args:
        dataset: the source; image sides must be static.
        augmenter: what `augspec.compile(policy, "tensorflow")` returns.
        key: an int seed, an `augspec.Key`, or an integer tensor or variable: a seed, or a key's four words.
        index: the place in an element of its ids: a position or a name; by default ids are counted.
        targets: which entry of an element is which target, such as `{0: "image", 1: "mask"}`; by default
            entry 0 of a tuple, and the entries of a dict that are named like targets.
        training: whether to augment, or to run the policy's `eval` pipeline.
        num_parallel_calls: of `Dataset.map`.
        **options: of `Dataset.map`, such as `deterministic`.
    """
    if augmenter.backend.name != "tensorflow":
        raise SampleError("augmenter", "one of the backend 'tensorflow'", f"one of {augmenter.backend.name!r}")
    spec = dataset.element_spec
    places = _places(spec, targets, augmenter, training=training)
    if index is not None and not isinstance(spec, (tuple, Mapping)):
        raise SampleError("index", "elements that are tuples or dicts", type(spec).__name__)
    for what, place in [("targets", place) for place in places.values()] + [("index", index)]:
        _check_place(what, spec, place)
    rank = (spec if places["image"] is None else spec[places["image"]]).shape.rank

    def number(count: tf.Tensor, whole: Any) -> tuple[tf.Tensor, tuple[tf.Tensor, Any]]:
        image = whole if places["image"] is None else whole[places["image"]]
        batch = tf.shape(image, tf.int64)[0] if rank == len(augmenter.options.batch) else tf.constant(1, tf.int64)
        return count + batch, (count + tf.range(batch), whole)

    def augment(ids: tf.Tensor, whole: Any) -> Any:
        words = tf.convert_to_tensor(key) if tf.is_tensor(key) else key
        return _write(whole, places, augmenter(words, _sample(whole, places), ids, training=training))

    def augment_named(*element: Any) -> Any:
        whole = element if isinstance(spec, tuple) else element[0]  # map spreads a tuple over the arguments
        return augment(tf.reshape(whole[index], [-1]), whole)

    # Without AutoGraph: there is no Python to rewrite, and errors keep their class.
    plain = tf.autograph.experimental.do_not_convert
    if index is not None:
        return dataset.map(plain(augment_named), num_parallel_calls=num_parallel_calls, **options)
    numbered = dataset.scan(tf.constant(0, tf.int64), plain(number))
    return numbered.map(plain(augment), num_parallel_calls=num_parallel_calls, **options)


def _check_place(what: str, spec: Any, place: Any) -> None:
    """Refuse a place that elements do not have; None stands for the element itself."""
    try:
        _ = place if place is None else spec[place]
    except (KeyError, IndexError, TypeError):
        entries = list(spec if isinstance(spec, Mapping) else range(len(spec)))
        raise SampleError(what, f"an entry of the elements, which have {entries}", repr(place)) from None


def _places(spec: Any, targets: Mapping[Any, str] | None, augmenter: Augmenter, *, training: bool) -> dict[str, Any]:
    """Return the place in an element of everything that may change; None stands for the element itself."""
    known = (IMAGE, *(target.name for target in targets_of(augmenter.policy.targets)), LABEL, LABELS)
    words = [name for name in known if name in augmenter.takes(known, training=training)]
    if targets is not None:
        found = {name: place for place, name in targets.items()}
        if "image" not in found or any(name not in words for name in found):
            raise SampleError("targets", f"'image', and others of {', '.join(words)}", dict(targets))
        return found
    if isinstance(spec, Mapping):
        if "image" not in spec:
            raise SampleError("sample", "elements with an entry 'image'; or name it with `targets`", sorted(spec))
        return {name: name for name in augmenter.takes(spec, training=training)}
    if LABEL in words and isinstance(spec, tuple) and len(spec) > 1:
        return {"image": 0, LABEL: 1}
    return {"image": 0 if isinstance(spec, tuple) else None}


def _sample(whole: Any, places: Mapping[str, Any]) -> dict[str, Any]:
    return {name: whole if place is None else whole[place] for name, place in places.items()}


def _write(whole: Any, places: Mapping[str, Any], new: Mapping[str, Any]) -> Any:
    """Return an element like `whole` with new targets; a dict gets validities by name, a tuple at its end."""
    added = {name: value for name, value in new.items() if name not in places}
    if places["image"] is None:
        return new["image"]
    if isinstance(whole, Mapping):
        return {**whole, **{place: new[name] for name, place in places.items()}, **added}
    entries = list(whole)
    for name, place in places.items():
        entries[place] = new[name]
    return (*entries, *added.values())
