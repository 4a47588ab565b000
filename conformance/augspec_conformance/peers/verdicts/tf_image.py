"""What was found in tf.image."""

from __future__ import annotations

from augspec_conformance.peers.verdict import Verdict

__all__ = ["NOTE", "VERDICTS"]

NOTE = ""
"""What a reader should know of the whole library."""

VERDICTS = (
    *(
        Verdict(
            law=law,
            transforms=("adjust_hue(0), int32", "adjust_saturation(1), int32"),
            kind="defect",
            title="adjust_hue and adjust_saturation overflow for int32 images",
            seen="white, 2147483647, becomes -2147483648 although nothing is to be changed.",
            expected="white, as adjust_brightness gives it.",
            why='"Image data stored in integer data types are expected to have values in the range [0,MAX]", and the example of adjust_hue is an int32 image: it is converted back without saturation.',
            source="python/ops/image_ops_impl.py, adjust_hue and adjust_saturation",
            script="tf_image_int32_white",
        )
        for law in ("N10", "S8")
    ),
    Verdict(
        law="N10",
        transforms=("convert_image_dtype(uint16",),
        kind="defect",
        title="convert_image_dtype from float16 to uint16 makes every grey white",
        seen="0.1, 0.25 and 0.5 become 65504, with saturate=True.",
        expected="6551, 16383 and 32767, as from float32.",
        why='"scaling the values appropriately before casting": the factor 65535.5 is infinite in float16, in which it is multiplied.',
        source="python/ops/image_ops_impl.py, convert_image_dtype",
        script="tf_image_float16_uint16",
    ),
)
