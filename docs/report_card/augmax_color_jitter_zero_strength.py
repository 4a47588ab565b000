"""augmax: a strength of 0 in ColorJitter switches later ones off as well."""

import sys

import augmax
import jax
import numpy as np

image = np.random.default_rng(0).random((8, 8, 3)).astype(np.float32)
jitter = augmax.ColorJitter(brightness=0.0, contrast=0.0, saturation=0.0, hue=0.5, p=1.0)
run = jax.jit(lambda key: jitter(key, image))
most = max(float(np.abs(run(jax.random.key(seed)) - image).max()) for seed in range(50))
print(f"hue=0.5 and the rest 0, 50 keys: no pixel moved by more than {most:.6f}")
if most < 1e-3:
    print("defect: hue is never changed")
    sys.exit(1)
