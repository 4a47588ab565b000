"""Who stands beside which backend: one file per peer, each with `available`, `make` and `NOTE`."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Protocol, cast

from benchmarks.workloads import Samples, Workload


class PeerModule(Protocol):
    """What a file of this folder offers."""

    NOTE: str

    def available(self) -> str | None:
        """Tell why the peer cannot run here, or None when it can."""
        ...

    def make(self, samples: Samples, *, work: Workload, road: str) -> Callable[[int], Any]:
        """Build the pipeline; the callable takes a step and returns images as `work.shape` and `work.dtype` say.

        With targets it returns a dict: the images as `image`, and the targets, which are waited for as well.
        """
        ...


@dataclass(frozen=True)
class Peer:
    """A backend of ours and perhaps its mode, a peer, the road it takes, and the workloads that it can do."""

    backend: str
    module: str
    road: str
    target: float | None = None
    works: tuple[str, ...] = ("W1",)

    @property
    def name(self) -> str:
        """The peer and its road, as printed and as `--peer` takes it."""
        return f"{self.module}:{self.road}"

    def load(self) -> PeerModule:
        """Import the peer's file; it imports its framework only when asked to run."""
        return cast(PeerModule, importlib.import_module(f"benchmarks.peers.{self.module}"))


_IMAGES = ("W1", "W2", "W2b", "W3", "W4", "W4b", "W6")
_KERAS = ("W1", "W3", "W4b", "W5", "W6", "W7", "W7b")
_TF_IMAGE = ("W1", "W2", "W2b", "W3", "W6", "W7", "W7b")
_DM_PIX = ("W1", "W2", "W2b", "W3", "W6")
_AUGMAX = ("W1", "W2b", "W3", "W5", "W6")

PEERS = (
    Peer("tensorflow:host", "keras_layers", "function", target=15.0, works=_KERAS),
    Peer("tensorflow:host", "keras_layers", "map", target=15.0, works=_KERAS[:4]),
    Peer("tensorflow:host", "tf_image", "stateless", target=5.0, works=_TF_IMAGE),
    Peer("tensorflow:compiled", "keras_layers", "function", works=_KERAS),
    Peer("tensorflow:compiled", "tf_image", "stateless", works=_TF_IMAGE),
    Peer("jax:host", "dm_pix", "vmap", target=15.0, works=_DM_PIX),
    Peer("jax:host", "dm_pix", "map", target=15.0, works=_DM_PIX),
    Peer("jax:host", "augmax", "vmap", target=15.0, works=_AUGMAX),
    Peer("jax:host", "augmax", "map", target=15.0, works=_AUGMAX),
    Peer("jax:compiled", "dm_pix", "map", works=_DM_PIX),
    Peer("jax:compiled", "augmax", "map", works=_AUGMAX),
    Peer("torch", "kornia", "eager", target=5.0),
    Peer("torch", "kornia", "compiled", target=5.0),
    Peer("torch", "kornia", "eager-light", target=5.0),
    Peer("torch", "kornia", "compiled-light", target=5.0),
    Peer("torch", "torchvision", "tensors", target=15.0, works=_IMAGES),
    Peer("torch", "torchvision", "pil", target=8.0, works=_IMAGES[:-1]),  # it erases tensors only
    Peer("torch:compiled", "kornia", "eager"),
    Peer("torch:compiled", "kornia", "compiled"),
    Peer("host", "albumentations", "loop", target=1.5, works=("W1", "W2", "W2b", "W3", "W5", "W6")),
    Peer("host", "pillow", "loop"),
    Peer("numpy", "pillow", "loop"),
)
BACKENDS = tuple(dict.fromkeys(peer.backend for peer in PEERS))


def missing(*packages: str) -> str | None:
    """Name the first package that is not installed, as a reason."""
    absent = next((package for package in packages if find_spec(package) is None), None)
    return None if absent is None else f"{absent} is not installed"
