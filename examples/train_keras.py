"""Train a small network on digits with Keras: the policy is the model's first layer, active in `fit` alone.

    python examples/train_keras.py [--quick] [--seed 0]

Runs on whichever engine Keras runs: TensorFlow by default, or KERAS_BACKEND=jax, or KERAS_BACKEND=torch.
"""

from __future__ import annotations

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before TensorFlow is imported: no start-up messages

import keras
from digits import POLICY, arguments, compare, load

import augspec
from augspec_backends.tensorflow import Augment


def network(augment: keras.Layer) -> keras.Model:
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((32, 32, 3), dtype="uint8"),
            augment,  # images as they are in; normalized, and in training augmented, out
            layers.Conv2D(16, 3, strides=2, padding="same", activation="relu"),
            layers.Conv2D(32, 3, strides=2, padding="same", activation="relu"),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(10),
        ]
    )


def main() -> None:
    options = arguments(__doc__)
    policy = augspec.load(POLICY)
    plain = augspec.loads(augspec.dumps(policy.model_copy(update={"ops": policy.eval})))
    data = load()

    def train(augmented: bool) -> tuple[float, float]:
        keras.utils.set_random_seed(options.seed)
        # Without augmentation the `eval` part serves in training too: both networks see normalized images.
        model = network(Augment(policy if augmented else plain, seed=options.seed))
        model.compile(
            keras.optimizers.Adam(2e-3),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=["accuracy"],
        )
        model.fit(data.train.images, data.train.labels, batch_size=50, epochs=12 if options.quick else 30, verbose=0)
        judged = [model.evaluate(*split, batch_size=199, verbose=0) for split in (data.validation, data.shifted)]
        return judged[0][1], judged[1][1]

    compare(train)


if __name__ == "__main__":
    main()
