"""torchvision: ToDtype(scale=True) from float16 to uint8, or from float32 to uint16, makes white black."""

import sys

import torch
from torchvision.transforms import v2

white = torch.ones(3, 2, 2)
turned = []
for given, wanted in (
    (torch.float32, torch.uint8),
    (torch.float16, torch.uint8),
    (torch.bfloat16, torch.uint8),
    (torch.float32, torch.uint16),
):
    found = int(v2.ToDtype(wanted, scale=True)(white.to(given))[0, 0, 0])
    print(f"1.0 as {given} becomes {found} as {wanted}")
    if found == 0:
        turned.append(f"{given} to {wanted}")
if turned:
    print(f"defect: {', '.join(turned)}: the factor 255.999 (65535.999) rounds up to 256 (65536), which overflows")
    sys.exit(1)
