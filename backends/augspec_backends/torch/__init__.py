"""The PyTorch backend and its adapters: a dataset for loaders' workers, and a module for the device.

    from augspec_backends.torch import Augment, AugmentedDataset

Names are imported when they are asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from augspec_backends.torch.data import AugmentedDataset as AugmentedDataset
    from augspec_backends.torch.module import Augment as Augment

__all__ = ["Augment", "AugmentedDataset"]

_LATER = {"Augment": "module", "AugmentedDataset": "data"}


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_LATER[name]}"), name)
