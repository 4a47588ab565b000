"""Albumentations: GridElasticDeform puts boxes a pixel beside the same rectangles in a mask."""

import sys

import albumentations as A
import numpy as np

boxes_of = A.BboxParams("pascal_voc", label_fields=["labels"])
worst, apart = 0.0, 0
for left in range(5, 25):
    box = np.array([[left, 13, left + 10, 29]], np.float32)
    mask = np.zeros((48, 40), np.uint8)
    mask[13:29, left : left + 10] = 1
    pipeline = A.Compose([A.GridElasticDeform(num_grid_xy=(2, 2), magnitude=2, p=1)], seed=3, bbox_params=boxes_of)
    out = pipeline(image=mask[..., None].repeat(3, -1), mask=mask, bboxes=box, labels=[0])
    rows, columns = np.nonzero(out["mask"])
    painted = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])
    distance = float(np.abs(out["bboxes"][0][:4] - painted).max())
    if distance > 0.5:
        apart += 1
        print(
            f"box {box[0].tolist()}: the mask is at {painted.tolist()}, the box at {out['bboxes'][0][:4].round(1).tolist()}"
        )
    worst = max(worst, distance)
print(f"{apart} of 20 boxes differ from what is masked by them, by up to {worst:.0f} pixels")
if apart:
    print("defect: 21 / 40 in float32 times 40 in float64 is 20.999999, which is cut off to 20")
    sys.exit(1)
