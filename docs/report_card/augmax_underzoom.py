"""augmax: RandomSizedCrop(prevent_underzoom=True) zooms out of the image all the same."""

import sys

import augmax
import jax
import numpy as np

image = np.ones((16, 16, 1), np.float32)
crop = augmax.RandomSizedCrop(32, 32, zoom_range=(0.5, 2.0), prevent_underzoom=True)
run = jax.jit(lambda key: crop(key, image))
black = max(float((np.asarray(run(jax.random.key(seed))) < 0.5).mean()) for seed in range(50))
print(f"a white image, 50 keys: up to {black:.0%} of the result lies outside of it")
if black > 0.05:
    print("defect: prevent_underzoom does not prevent it")
    sys.exit(1)
