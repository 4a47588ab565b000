"""torchvision: uint8 greys do not stay grey levels: white becomes 254 in tensors, 255 in PIL images."""

import sys

import torch
from torchvision.transforms.v2 import functional as F

greys = torch.arange(256, dtype=torch.uint8).reshape(1, 1, 256).repeat(3, 1, 1)
tensor = F.rgb_to_grayscale(greys, 3)[0, 0]
pil = F.pil_to_tensor(F.rgb_to_grayscale(F.to_pil_image(greys), 3))[0, 0]
doubled = F.adjust_saturation(greys, 2.0)[0, 0]
wrong, wrong_pil = int((tensor != greys[0, 0]).sum()), int((pil != greys[0, 0]).sum())
print(
    f"greys that change: {wrong} of 256 as tensors, {wrong_pil} as PIL images; white: {int(tensor[255])}, {int(pil[255])}"
)
print(f"saturation 2.0 sends the grey 128 to {int(doubled[128])}, which has no saturation")
if wrong and not wrong_pil:
    print("defect: the weighted sum is cut off instead of rounded")
    sys.exit(1)
