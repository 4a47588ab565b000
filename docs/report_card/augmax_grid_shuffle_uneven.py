"""augmax: GridShuffle refuses (gridcells_x, gridcells_y) that fit, because it holds them against the wrong sides."""

import sys

import augmax
import jax
import numpy as np

image = np.zeros((24, 20, 3), np.float32)  # 24 rows are 6 cells of 4, 20 columns are 5 cells of 4
try:
    augmax.GridShuffle((5, 6), p=1.0)(jax.random.key(0), image)
except ValueError as error:
    print(f"defect: 5 × 6 cells in 24 rows and 20 columns are refused: {error}")
    sys.exit(1)
print("gone: 5 × 6 cells are taken")
