"""torchvision: ElasticTransform with alpha=0, which moves nothing, shrinks boxes that touch the border."""

import sys

import torch
from torchvision import tv_tensors
from torchvision.transforms import v2

image = tv_tensors.Image(torch.rand(3, 24, 20))
box = torch.tensor([[0.0, 0.0, 20.0, 24.0]])
boxes = tv_tensors.BoundingBoxes(box, format="XYXY", canvas_size=(24, 20))
moved, out = v2.ElasticTransform(alpha=0.0, sigma=2.0)(image, boxes)
print(
    f"pixels move by up to {float((moved - image).abs().max()):.6f} of their values; {box[0].tolist()} becomes {out[0].tolist()}"
)
if not torch.allclose(torch.as_tensor(out), box, atol=0.01):
    print("defect: corners are used as indices of pixels, and held inside of the last ones")
    sys.exit(1)
