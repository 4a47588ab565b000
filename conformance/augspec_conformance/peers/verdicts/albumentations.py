"""What was found in Albumentations 2.0.8, the last release."""

from __future__ import annotations

from augspec_conformance.peers.verdict import Verdict

__all__ = ["NOTE", "VERDICTS"]

NOTE = "2.0.8 is its last release."
"""What a reader should know of the whole library."""

_EIGHT_BITS = (
    "float32 images are turned into 8 bits inside, which no documentation of this transform excludes: half a level."
)

_NEUTRAL = (
    Verdict(
        law="N7",
        transforms=("SafeRotate((0, 0)",),
        kind="defect",
        title="SafeRotate by 0 degrees moves everything by half a pixel",
        seen="the image moves by half a pixel, and half of the labels of a mask of columns change; Rotate by 0 changes nothing.",
        expected="the image and the mask.",
        why="the matrix turns about (w - 1) / 2 and puts that at w / 2 of the result.",
        source="augmentations/geometric/rotate.py, SafeRotate._create_safe_rotate_matrix",
        script="albumentations_safe_rotate_zero",
    ),
    Verdict(
        law="N7",
        transforms=("OpticalDistortion((0, 0), p=1)",),
        kind="defect",
        title="OpticalDistortion of 0 moves the image by half a pixel",
        seen="with distort_limit=(0, 0) the image moves by half a pixel in mode camera, by nothing in mode fisheye.",
        expected="the image.",
        why="a coefficient of 0 is no distortion; the camera's centre is w / 2, and OpenCV's for the result (w - 1) / 2.",
        source="augmentations/geometric/functional.py, get_camera_matrix_distortion_maps",
        script="albumentations_optical_zero",
    ),
    Verdict(
        law="N7",
        transforms=("GridDistortion(distort_limit=(0, 0)",),
        kind="defect",
        title="GridDistortion of 0 distorts",
        seen="with distort_limit=(0, 0) pixels move by up to one, columns come twice, and the last ones are black.",
        expected="the image.",
        why='"guarantees that no information is lost": a cell of n pixels is mapped to 0 … n, both ends included, instead of 0 … n - 1.',
        source="augmentations/geometric/functional.py, generate_grid",
        script="albumentations_grid_zero",
    ),
    Verdict(
        law="N7",
        transforms=("PiecewiseAffine((1e-6, 1e-6)",),
        kind="defect",
        title="PiecewiseAffine distorts whatever its scale",
        seen="with scale=1e-6, less than a thousandth of a pixel, pixels move by many.",
        expected="the image, nearly.",
        why='"Standard deviation of the normal distributions" of the corners\' distances: positions, not displacements, are averaged with weights of 1 / distance².',
        source="augmentations/geometric/functional.py, create_piecewise_affine_maps",
        script="albumentations_piecewise_small",
    ),
)

VERDICTS = (
    *_NEUTRAL,
    Verdict(
        law="R5",
        transforms=("Compose([HorizontalFlip(), VerticalFlip()])",),
        kind="defect",
        title="with a seed, transforms of one pipeline draw the same numbers",
        seen="Compose([HorizontalFlip(), VerticalFlip()], seed=1): both or none, never one.",
        expected="each of the four with a quarter of the calls.",
        why="each transform is documented to be applied with its own probability; `Compose.set_random_seed` hands one seed to every child.",
        source="core/composition.py, BaseCompose.set_random_seed",
        script="albumentations_one_seed",
    ),
    Verdict(
        law="N7",
        transforms=("RandomGamma(",),
        kind="defect",
        title="RandomGamma of 100 % changes uint8 images",
        seen="levels fall by 1 under the exponent 1.",
        expected="the image, as for float32.",
        why='"output = input^gamma": the table is cut off instead of rounded.',
        source="augmentations/pixel/functional.py, gamma_transform",
        script="albumentations_gamma_one",
    ),
    Verdict(
        law="F1",
        transforms=("Resize(", "RandomResizedCrop(", "RandomSizedBBoxSafeCrop("),
        kind="defect",
        title="resizing moves masks against images",
        seen="32 to 8 columns: the mask shows columns 1.5 source pixels beside those of its image.",
        expected="mask and image show the same places.",
        why="both are targets of one transform; the image is sampled at pixel centres, the mask's default cv2.INTER_NEAREST at pixel corners. `mask_interpolation=cv2.INTER_NEAREST_EXACT` avoids it.",
        source="augmentations/geometric/functional.py, resize",
        script="albumentations_resize_mask",
    ),
    Verdict(
        law="K2",
        transforms=("Morphological(",),
        kind="defect",
        title="Morphological draws no size",
        seen="scale=(2, 9) makes one pixel 9 × 2 pixels in each of fifty calls.",
        expected="sizes from 2 to 9, along both axes.",
        why='"the minimum and maximum sizes for the dilation kernel", in the example "Random kernel size between 2 and 3": the pair is handed on as the kernel\'s width and height.',
        source="augmentations/geometric/transforms.py, Morphological.get_params",
        script="albumentations_morphological_size",
    ),
    Verdict(
        law="S8",
        transforms=("GridElasticDeform(",),
        kind="defect",
        title="GridElasticDeform answers finite images with NaN",
        seen="64 × 64 float32 pixels, 4 × 4 cells moved by up to 10 as in its example: 16 of 100 seeds give values that are not finite.",
        expected="finite values; or a limit, documented, of the magnitude.",
        why="a cell whose corners fold has no finite perspective, and what it maps to nowhere is interpolated all the same.",
        source="augmentations/geometric/functional.py, distort_image",
        script="albumentations_grid_nan",
    ),
    Verdict(
        law="F4",
        transforms=("GridElasticDeform(",),
        kind="defect",
        title="GridElasticDeform puts boxes beside what they surround",
        seen="half of 20 boxes end a pixel beside the same rectangle in a mask.",
        expected="the rectangle's box.",
        why="the share 21 / 40, in float32, times 40, in float64, is 20.999999, and is cut off to 20 before the box is drawn as a mask.",
        source="augmentations/geometric/functional.py, bbox_distort_image; core/bbox_utils.py, masks_from_bboxes",
        script="albumentations_grid_boxes",
    ),
    Verdict(
        law="S9",
        transforms=("ColorJitter(hue",),
        kind="documented",
        why="uint8 images use OpenCV's 8-bit HSV, whose hue has 180 steps; no agreement of dtypes is documented.",
    ),
    Verdict(law="N7", transforms=("HueSaturationValue(",), kind="documented", says="float32", why=_EIGHT_BITS),
    Verdict(law="N11", transforms=("HueSaturationValue(",), kind="documented", says="float32", why=_EIGHT_BITS),
    Verdict(
        law="N10",
        transforms=("AutoContrast(", "MedianBlur(", "Downscale(", "Superpixels("),
        kind="documented",
        says="float32",
        why=_EIGHT_BITS,
    ),
)
