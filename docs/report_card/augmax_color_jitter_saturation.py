"""augmax: the saturation of ColorJitter does nothing."""

import sys

import augmax
import jax
import numpy as np

image = np.random.default_rng(0).random((8, 8, 3)).astype(np.float32)
jitter = augmax.ColorJitter(brightness=1e-6, contrast=1e-6, saturation=0.9, hue=1e-6, p=1.0)
run = jax.jit(lambda key: jitter(key, image))
most = max(float(np.abs(run(jax.random.key(seed)) - image).max()) for seed in range(50))
print(f"saturation=0.9, 50 keys: no pixel moved by more than {most:.6f}")
if most < 1e-3:
    print("defect: the saturation that was drawn is thrown away")
    sys.exit(1)
