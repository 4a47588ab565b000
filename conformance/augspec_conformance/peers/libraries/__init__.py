"""Other libraries, one file each with a class `Library`; a column is a library on one of its engines."""

from __future__ import annotations

import importlib
from dataclasses import dataclass

from augspec_conformance.peers.peer import Peer

__all__ = ["COLUMNS", "Column", "load_peer"]


@dataclass(frozen=True)
class Column:
    """A column of the report card; each is asked in a process of its own.

    Attributes:
        name: as printed and as `--peer` takes it.
        library: the file here.
        engine: what the library runs on, where it can choose.
    """

    name: str
    library: str
    engine: str = ""

    def environment(self) -> dict[str, str]:
        """Return the environment variables that choose the engine."""
        return {"KERAS_BACKEND": self.engine} if self.engine else {}


COLUMNS = (
    Column("torchvision", "torchvision"),
    Column("kornia", "kornia"),
    Column("albumentations", "albumentations"),
    Column("keras-torch", "keras", "torch"),
    Column("keras-jax", "keras", "jax"),
    Column("keras-tensorflow", "keras", "tensorflow"),
    Column("tf.image", "tf_image"),
    Column("augmax", "augmax"),
    Column("dm-pix", "dm_pix"),
)


def load_peer(name: str) -> Peer:
    """Return the peer of a column; nothing of the library is imported yet.

    Raises:
        KeyError: there is no such column; the text names those there are.
    """
    for column in COLUMNS:
        if column.name == name:
            module = importlib.import_module(f"{__name__}.{column.library}")
            peer: Peer = module.Library(column.engine)
            return peer
    raise KeyError(f"no peer {name!r}; there are {', '.join(column.name for column in COLUMNS)}")
