"""torchvision: a white image, turned and filled with white, gets a grey seam: the border fades into the fill twice."""

import sys

import torch
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional

white = torch.ones(3, 24, 20)
turned = functional.rotate(white, 20.0, InterpolationMode.BILINEAR, fill=1.0)
print(f"white turned onto white: values from {float(turned.min()):.3f} to {float(turned.max()):.3f}")
filled = functional.rotate(white, 20.0, InterpolationMode.BILINEAR, fill=0.0)
plain = functional.rotate(white, 20.0, InterpolationMode.BILINEAR)
print(f"filled with 0, and without a fill, which is 0 as well: up to {float((filled - plain).abs().max()):.3f} apart")
if float(turned.min()) < 0.99:
    print("defect: pixels that were already blended with 0 are blended with the fill once more")
    sys.exit(1)
