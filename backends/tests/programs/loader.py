"""Loads one augmented dataset in many ways and prints the digest of every sample, by id, as JSON.

A process of its own: forking a process that has started the threads of other frameworks is unsafe and
warned about.
"""

from __future__ import annotations

import hashlib
import json
import sys
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

import augspec
from augspec_backends.torch import AugmentedDataset

COUNT = 21
POLICY = augspec.loads("""
{"augspec": 1, "ops": [
  {"op": "horizontal_flip"},
  {"op": "rotate", "degrees": {"uniform": [-40, 40]}},
  {"op": "gaussian_noise", "std": {"uniform": [0, 0.1]}}
]}
""")


class Squares(Dataset[Any]):
    """Random pictures, labelled with their index."""

    def __init__(self) -> None:
        self.images = np.random.default_rng(0).integers(0, 256, (COUNT, 9, 12, 3), dtype=np.uint8)

    def __len__(self) -> int:
        return COUNT

    def __getitem__(self, index: int) -> tuple[np.ndarray, int]:
        return self.images[index], index


def digests(loader: DataLoader[Any]) -> list[str]:
    """Iterate once; return the digest of every sample, ordered by id."""
    found = {}
    for images, labels in loader:
        for image, label in zip(images, labels, strict=True):
            found[int(label)] = hashlib.sha256(np.ascontiguousarray(image.numpy())).hexdigest()
    return [found[label] for label in range(COUNT)]


def main() -> None:
    torch.set_num_threads(1)
    result: dict[str, Any] = {}
    data = AugmentedDataset(Squares(), POLICY, seed=7)
    direct = augspec.compile(POLICY)(7, Squares().images, range(COUNT)).transpose(0, 3, 1, 2)
    result["direct"] = [hashlib.sha256(np.ascontiguousarray(image)).hexdigest() for image in direct]
    ways: dict[str, dict[str, Any]] = {
        "no workers": {"num_workers": 0},
        "no workers, one by one": {"num_workers": 0, "batch_size": 1},
        "2 forked": {"num_workers": 2, "multiprocessing_context": "fork"},
        "4 forked": {"num_workers": 4, "multiprocessing_context": "fork"},
        "2 spawned": {"num_workers": 2, "multiprocessing_context": "spawn"},
        "no workers, shuffled": {"num_workers": 0, "shuffle": True},
        "4 forked, shuffled": {"num_workers": 4, "shuffle": True, "multiprocessing_context": "fork"},
    }
    result["ways"] = {name: digests(DataLoader(data, **{"batch_size": 4, **way})) for name, way in ways.items()}
    result["persistent"] = {}
    for start in ("fork", "spawn"):
        data.set_epoch(0)
        loader = DataLoader(data, batch_size=4, num_workers=2, persistent_workers=True, multiprocessing_context=start)
        found = []
        for epoch in range(3):
            data.set_epoch(epoch)
            found.append(digests(loader))
        result["persistent"][start] = found
    result["epochs"] = []
    for epoch in range(3):
        data.set_epoch(epoch)
        result["epochs"].append(digests(DataLoader(data, batch_size=4)))
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
