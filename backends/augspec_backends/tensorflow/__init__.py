"""The TensorFlow backend and its adapters: a Keras layer and a `tf.data` map.

    from augspec_backends.tensorflow import Augment, augment_dataset

Names are imported when they are asked for: the backend needs no Keras, and the layer runs on every engine
that Keras has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from augspec_backends.tensorflow.data import augment_dataset as augment_dataset
    from augspec_backends.tensorflow.layer import Augment as Augment

__all__ = ["Augment", "augment_dataset"]

_LATER = {"Augment": "layer", "augment_dataset": "data"}


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_LATER[name]}"), name)
