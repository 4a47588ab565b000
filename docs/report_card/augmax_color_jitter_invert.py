"""augmax: ColorJitter.invert with p < 1 draws other numbers than the call that it should undo."""

import sys

import augmax
import jax
import numpy as np

image = np.random.default_rng(0).uniform(0.3, 0.6, (8, 8, 3)).astype(np.float32)


def error(p):
    jitter = augmax.ColorJitter(0.05, 0.05, 0.05, 0.05, p=p)
    there_and_back = jax.jit(lambda key: jitter.invert(key, jitter(key, image)))
    return max(float(np.abs(there_and_back(jax.random.key(seed)) - image).max()) for seed in range(20))


always, mostly = error(1.0), error(0.999)
print(f"farthest from the image after there and back: {always:.4f} with p=1, {mostly:.4f} with p=0.999")
if mostly > 10 * always and mostly > 0.02:
    print("defect: the keys of forward and inverse do not belong together")
    sys.exit(1)
