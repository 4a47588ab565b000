"""torchvision: an int64 mask's label 2**24 + 1 becomes 2**24 when the mask is rotated, resized or padded."""

import sys

import torch
from torchvision import tv_tensors
from torchvision.transforms.v2 import functional

label = 2**24 + 1
mask = tv_tensors.Mask(torch.full((1, 12, 10), label, dtype=torch.int64))
calls = {
    "rotate(20)": lambda given: functional.rotate(given, 20),
    "resize": lambda given: functional.resize(given, [20, 20]),
    "pad(edge)": lambda given: functional.pad(given, 2, padding_mode="edge"),
    "pad(constant)": lambda given: functional.pad(given, 2),
}
wrong = []
for name, call in calls.items():
    found = sorted(set(call(mask).flatten().tolist()) - {0})
    print(f"{name}: the label {label} becomes {found}")
    if found != [label]:
        wrong.append(name)
if wrong:
    print(f"defect: {', '.join(wrong)}: what only moves labels passes them through float32")
    sys.exit(1)
