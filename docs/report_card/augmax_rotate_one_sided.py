"""augmax: Rotate((-30, 30), p=0.5) turns one way only, because gate and angle are drawn from one key."""

import sys

import augmax
import jax
import numpy as np

points = np.array([[7.5, 15.0]], np.float32)  # (y, x), right of the centre of a 16 × 16 image
rotate = augmax.Rotate((-30, 30), p=0.5)
types = {"image": augmax.InputType.IMAGE, "points": augmax.InputType.KEYPOINTS}
given = {"image": np.zeros((16, 16, 1), np.float32), "points": points}
run = jax.jit(lambda key: rotate.apply(key, given, types)["points"][0, 0])
heights = [float(run(jax.random.key(seed))) for seed in range(200)]
up, down = sum(y < 7.49 for y in heights), sum(y > 7.51 for y in heights)
print(f"200 keys: {up} turns counter-clockwise, {down} turns clockwise")
if min(up, down) == 0:
    print("defect: half of the declared range of angles never occurs")
    sys.exit(1)
