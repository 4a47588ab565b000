"""torchvision: Resize takes the pixels of a mask from other places than those of its image."""

import sys

import torch
from torchvision import tv_tensors
from torchvision.transforms import v2

columns = torch.arange(32).expand(1, 32, 32)
image, mask = tv_tensors.Image(columns.float()), tv_tensors.Mask(columns)
small, labels = v2.Resize((8, 8))(image, mask)
print(f"32 columns, numbered, as an image of 8: {[round(float(v), 1) for v in small[0, 4]]}")
print(f"and as a mask of 8:                     {labels[0, 4].tolist()}")
pictured = v2.functional.to_pil_image(columns.to(torch.uint8))
by_pillow = v2.functional.resize(pictured, [8, 8], v2.InterpolationMode.NEAREST)
print(f"NEAREST of the same picture by Pillow:  {[by_pillow.getpixel((x, 4)) for x in range(8)]}")
shift = float((labels[0, 4].float() - small[0, 4]).mean())
if abs(shift) > 0.6:
    print(f"defect: the mask shows places {shift:.2f} columns beside those of its image")
    sys.exit(1)
