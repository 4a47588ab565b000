"""dm-pix: pad_to_size takes a batch, but not one of no images."""

import sys

import dm_pix
import numpy as np

print("a batch of two gives", dm_pix.pad_to_size(np.zeros((2, 4, 4, 3), np.float32), 6, 6).shape)
try:
    print("a batch of none gives", dm_pix.pad_to_size(np.zeros((0, 4, 4, 3), np.float32), 6, 6).shape)
except ValueError as error:
    print(f"defect: a batch of none ends in ValueError: {error}")
    sys.exit(1)
