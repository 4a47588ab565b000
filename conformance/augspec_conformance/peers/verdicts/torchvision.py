"""What was found in torchvision."""

from __future__ import annotations

from augspec_conformance.peers.verdict import Verdict

__all__ = ["NOTE", "VERDICTS"]

NOTE = "KeyPoints are marked as beta."
"""What a reader should know of the whole library."""

VERDICTS = (
    Verdict(
        law="F6",
        transforms=("RandomRotation(", "RandomAffine("),
        kind="defect",
        title="rotated keypoints leave the pixels that they mark",
        seen="a half turn sends the keypoint of a pixel one pixel beside it; both flips, which are that half turn, send it to the pixel.",
        expected="one convention: rotate(180) equals both flips.",
        why="flips map x to W - 1 - x (pixel indices), rotations and affine maps turn about W / 2 (pixel edges).",
        source="transforms/v2/functional/_geometry.py, _affine_keypoints_with_expand and horizontal_flip_keypoints",
        script="torchvision_keypoints_rotated",
    ),
    Verdict(
        law="N11",
        transforms=("RandomGrayscale(", "Grayscale(", "ColorJitter(saturation"),
        kind="defect",
        title="uint8 greys change: white becomes 254",
        seen="rgb_to_grayscale of a uint8 tensor lowers nearly every grey by 1, and adjust_saturation moves greys by 1; PIL images keep them.",
        expected="a grey stays, as with PIL images and with floats.",
        why="the weights 0.2989, 0.587, 0.114 add up to 0.9999, and the sum is cut off instead of rounded; the two kinds of input of one function disagree.",
        source="transforms/v2/functional/_color.py, _rgb_to_grayscale_image",
        script="torchvision_grey_uint8",
    ),
    Verdict(
        law="N7",
        transforms=("ElasticTransform(0",),
        kind="defect",
        says="boxes",
        title="ElasticTransform that moves nothing shrinks boxes",
        seen="with alpha=0 the box of the whole image loses its last row and column.",
        expected="the box.",
        why="corners, which lie between pixels, are used as indices of pixels and held below the last one.",
        source="transforms/v2/functional/_geometry.py, elastic_bounding_boxes",
        script="torchvision_elastic_boxes",
    ),
    Verdict(
        law="N10",
        transforms=("RandomRotation(", "RandomAffine(", "RandomPerspective(", "ElasticTransform("),
        kind="defect",
        title="a fill fades the border twice",
        seen="a white image, turned and filled with white, gets a seam of down to 0.75; filled with 0 and without a fill, which is 0, its border is up to 0.25 apart.",
        expected="white, as with PIL images; and one border for one fill.",
        why='the code says "img * mask + (1.0 - mask) * fill", but `img` comes from a sampling with zeros around it and is multiplied by the mask already.',
        source="transforms/v2/functional/_geometry.py, _apply_grid_transform",
        script="torchvision_fill_border",
    ),
    Verdict(
        law="N10",
        transforms=("Compose([ToDtype(",),
        kind="defect",
        title="ToDtype makes white black",
        seen="with scale=True, 1.0 becomes 0 from float16 or bfloat16 to uint8, and from float32 to uint16.",
        expected="255, as from float32 to uint8, and 65535.",
        why="the factor is the largest integer plus 0.999, which rounds up to the next integer in the dtype of the image, and that overflows.",
        source="transforms/v2/functional/_misc.py, to_dtype_image",
        script="torchvision_to_dtype_white",
    ),
    *(
        Verdict(
            law=law,
            transforms=("Resize((30, 17), NEAREST), int32", "ColorJitter(brightness=(1.3, 1.3)), int32"),
            kind="defect",
            title="int32 images overflow",
            seen="white, 2147483647, becomes -2147483648 when it is resized by NEAREST, brightened or sharpened.",
            expected="white.",
            why='"Tensor images with an integer dtype are expected to have values in [0, MAX_DTYPE]"; float32 rounds the largest up by one. (From float32 to int32 `to_dtype` refuses "the conversion … cannot be performed safely".)',
            source="transforms/v2/functional/_geometry.py, resize_image; _color.py, _blend",
            script="torchvision_int32_white",
        )
        for law in ("N10", "S8")
    ),
    Verdict(
        law="F1",
        transforms=("Resize(",),
        kind="defect",
        title="resizing moves masks against images",
        seen="32 to 8 columns: the mask shows columns 1.5 source pixels beside those of its image, and 2 beside what NEAREST takes from a PIL image.",
        expected="mask and image show the same places.",
        why='the image is sampled at pixel centres, the mask by torch\'s "nearest" at pixel corners; PIL images and tensors "should be very close". `interpolation=NEAREST_EXACT`, for image and mask at once, avoids it.',
        source="transforms/v2/functional/_geometry.py, resize_mask",
        script="torchvision_resize_mask",
    ),
    Verdict(
        law="F2",
        transforms=("RandomRotation(30), labels", "RandomResizedCrop((20, 20)), labels"),
        kind="defect",
        title="masks lose labels above 2²⁴",
        seen="the label 16777217 of an int64 mask becomes 16777216 when it is rotated, resized, or padded by `edge` or `reflect`.",
        expected="old labels and the fill, as with `constant` and `symmetric`.",
        why='"Masks only support nearest-neighbor", says the code: each result is one of the given labels; they go through float32.',
        source="transforms/v2/functional/_geometry.py, resize_image, _apply_grid_transform and _pad_with_scalar_fill",
        script="torchvision_mask_labels",
    ),
    Verdict(
        law="C1",
        transforms=("Resize((12, 10), antialias=False)",),
        kind="documented",
        says="at most by 1 ",
        why="one level: eagerly uint8 is rounded after each axis, compiled once; that modes agree to the level is not documented.",
    ),
    Verdict(
        law="B5",
        transforms=(
            "AugMix(",
            "Pad(3, padding_mode='reflect')",
            "ElasticTransform(",
            "AutoAugment",
            "RandAugment",
            "TrivialAugment",
        ),
        kind="documented",
        why='"[..., 1 or 3, H, W] where ... means it can have an arbitrary number of leading dimensions": none is said to be 0.',
    ),
)
