"""Train a small network on digits with plain JAX: the policy is compiled into the train step.

python examples/train_jax.py [--quick] [--seed 0]
"""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from digits import POLICY, Split, arguments, compare, load

import augspec

BATCH = 50
AUGMENT = augspec.compile(augspec.load(POLICY), "jax")
Weights = dict[str, jax.Array]


def initial(seed: int) -> Weights:
    shapes = {"conv1": (3, 3, 3, 16), "conv2": (3, 3, 16, 32), "dense1": (2048, 64), "dense2": (64, 10)}
    rng = np.random.default_rng(seed)
    weights = {}
    for name, shape in shapes.items():
        weights[name] = jnp.asarray(rng.normal(0, np.sqrt(2 / np.prod(shape[:-1])), shape), jnp.float32)
        weights[f"{name}_bias"] = jnp.zeros(shape[-1])
    return weights


def logits(weights: Weights, x: jax.Array) -> jax.Array:
    for name in ("conv1", "conv2"):
        x = jax.lax.conv_general_dilated(x, weights[name], (2, 2), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))
        x = jax.nn.relu(x + weights[f"{name}_bias"])
    x = x.reshape(len(x), -1)
    x = jax.nn.relu(x @ weights["dense1"] + weights["dense1_bias"])
    return x @ weights["dense2"] + weights["dense2_bias"]


@partial(jax.jit, static_argnames="augmented")
def step(
    weights: Weights,
    adam: Any,
    key: jax.Array,
    images: jax.Array,
    labels: jax.Array,
    ids: jax.Array,
    *,
    augmented: bool,
) -> tuple[Weights, Any]:
    """Augment, and take one step of Adam; key and ids are traced, so that nothing compiles twice."""
    x = AUGMENT(key, images, ids, training=augmented)

    def loss(weights: Weights) -> jax.Array:
        return -jnp.take_along_axis(jax.nn.log_softmax(logits(weights, x)), labels[:, None], 1).mean()

    count, first, second = adam
    gradient = jax.grad(loss)(weights)
    first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, gradient)
    second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, gradient)
    count += 1
    rate = 2e-3 * jnp.sqrt(1 - 0.999**count) / (1 - 0.9**count)
    weights = jax.tree.map(lambda w, m, v: w - rate * m / (jnp.sqrt(v) + 1e-8), weights, first, second)
    return weights, (count, first, second)


@jax.jit
def predict(weights: Weights, images: jax.Array) -> jax.Array:
    return logits(weights, AUGMENT(None, images, training=False)).argmax(1)


def accuracy(weights: Weights, split: Split) -> float:
    return float((np.asarray(predict(weights, split.images)) == split.labels).mean())


def main() -> None:
    options = arguments(__doc__)
    data = load()
    images, labels = jnp.asarray(data.train.images), jnp.asarray(data.train.labels, jnp.int32)

    def train(augmented: bool) -> tuple[float, float]:
        weights = initial(options.seed)
        zeros = jax.tree.map(jnp.zeros_like, weights)
        adam = (0, zeros, zeros)
        root, shuffle = augspec.Key(options.seed), np.random.default_rng(options.seed)
        for epoch in range(12 if options.quick else 30):
            key = jnp.asarray(root.fold(epoch).words())  # four words: seed, epoch and view
            order = shuffle.permutation(len(labels))
            for ids in order.reshape(-1, BATCH):  # an image's id is its position in the data set
                weights, adam = step(weights, adam, key, images[ids], labels[ids], ids, augmented=augmented)
        return accuracy(weights, data.validation), accuracy(weights, data.shifted)

    compare(train)


if __name__ == "__main__":
    main()
