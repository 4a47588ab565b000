"""What the PyTorch backend can do: told without its framework."""

from augspec_backends.generic.options import Capabilities

__all__ = ["CAPABILITIES"]

CAPABILITIES = Capabilities(
    dtypes=("uint8", "uint16", "float32", "float16", "bfloat16"),
    layouts=("NCHW", "NHWC"),
    modes=("eager", "compiled"),
    default_layout="NCHW",
    auto="eager",
    differentiable=True,
    devices=("cpu", "cuda", "mps"),
    framework="torch",
)
