"""torchvision: white of an int32 image becomes the lowest negative number, even when it is only resized."""

import sys

import torch
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional

white = torch.full((3, 4, 4), torch.iinfo(torch.int32).max, dtype=torch.int32)
calls = {
    "resize(NEAREST)": lambda image: functional.resize(image, [8, 8], InterpolationMode.NEAREST),
    "rotate(NEAREST, 180)": lambda image: functional.rotate(image, 180),
    "adjust_brightness(1.3)": lambda image: functional.adjust_brightness(image, 1.3),
    "adjust_sharpness(2)": lambda image: functional.adjust_sharpness(image, 2.0),
}
wrong = []
for name, call in calls.items():
    found = int(call(white)[0, 2, 2])
    print(f"{name}: {int(white[0, 0, 0])} becomes {found}")
    if found < 0:
        wrong.append(name)
if wrong:
    print('defect: integers "are expected to have values in [0, MAX_DTYPE]"; they overflow on the way back from floats')
    sys.exit(1)
