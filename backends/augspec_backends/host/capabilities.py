"""What the host engine can do: told without LLVM."""

from augspec_backends.generic.options import Capabilities

__all__ = ["CAPABILITIES"]

CAPABILITIES = Capabilities(
    dtypes=("uint8", "uint16", "float32", "float64", "float16", "bfloat16"),
    layouts=("NHWC", "NCHW"),
    modes=("compiled",),
    default_layout="NHWC",
    auto="compiled",
    differentiable=False,
    devices=("cpu",),
    framework="llvmlite",
)
