"""What the NumPy backend can do: told without its framework."""

from augspec_backends.generic.options import Capabilities

__all__ = ["CAPABILITIES"]

CAPABILITIES = Capabilities(
    dtypes=("uint8", "uint16", "float32", "float64", "float16", "bfloat16"),
    layouts=("NHWC", "NCHW"),
    modes=("eager",),
    default_layout="NHWC",
    auto="eager",
    differentiable=False,
    devices=("cpu",),
    framework="numpy",
)
