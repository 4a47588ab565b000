"""Train a small network on digits with PyTorch: the policy works in the loader's workers.

python examples/train_torch.py [--quick] [--seed 0]
"""

from __future__ import annotations

import torch
from digits import POLICY, Split, arguments, compare, load
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

import augspec
from augspec_backends.torch import AugmentedDataset


def network() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(3, 16, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.Conv2d(16, 32, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(32 * 8 * 8, 64),
        nn.ReLU(),
        nn.Linear(64, 10),
    )


def dataset(split: Split) -> TensorDataset:
    """Any map-style dataset will do; this one has items (uint8 image (C, H, W), label)."""
    return TensorDataset(torch.from_numpy(split.images).permute(0, 3, 1, 2), torch.from_numpy(split.labels))


def accuracy(model: nn.Module, data: AugmentedDataset) -> float:
    model.eval()
    with torch.no_grad():
        right = [(model(images).argmax(1) == labels) for images, labels in DataLoader(data, batch_size=200)]
    return torch.cat(right).float().mean().item()


def main() -> None:
    options = arguments(__doc__)
    torch.set_num_threads(1)  # a network this small gains nothing from more, and the workers want a core
    policy = augspec.load(POLICY)
    train_split, validation_split, shifted_split = load()
    epochs = 12 if options.quick else 30

    def train(augmented: bool) -> tuple[float, float]:
        torch.manual_seed(options.seed)
        model = network()
        optimizer = torch.optim.Adam(model.parameters(), 2e-3)
        # Without augmentation the policy's `eval` part serves in training too: both see normalized images.
        data = AugmentedDataset(dataset(train_split), policy, seed=options.seed, training=augmented)
        loader = DataLoader(data, batch_size=50, shuffle=True, num_workers=2, persistent_workers=True)
        for epoch in range(epochs):
            data.set_epoch(epoch)  # reaches the workers, which stay alive
            model.train()
            for images, labels in loader:
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(images), labels).backward()
                optimizer.step()
        judges = [
            AugmentedDataset(dataset(split), policy, training=False) for split in (validation_split, shifted_split)
        ]
        return accuracy(model, judges[0]), accuracy(model, judges[1])

    compare(train)


if __name__ == "__main__":
    main()
