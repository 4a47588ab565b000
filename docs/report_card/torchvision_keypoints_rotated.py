"""torchvision: a keypoint ends one pixel apart after both flips and after the half turn that they are."""

import sys

import torch
from torchvision import tv_tensors
from torchvision.transforms.v2 import functional as F

points = tv_tensors.KeyPoints(torch.tensor([[2.0, 1.0]]), canvas_size=(6, 10))
image = tv_tensors.Image(torch.zeros(1, 6, 10))
image[0, 1, 2] = 1.0
flips, turn = F.vertical_flip(F.horizontal_flip(points)), F.rotate(points, 180.0)
y, x = torch.nonzero(F.rotate(image, 180.0)[0])[0].tolist()
print(
    f"the bright pixel goes to {[x, y]}; flips send its keypoint to {flips[0].tolist()}, rotate to {turn[0].tolist()}"
)
if turn[0].tolist() != [x, y]:
    print("defect: rotate leaves the pixel that the keypoint marks")
    sys.exit(1)
