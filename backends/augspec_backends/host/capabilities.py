"""What the host engine can do: told without LLVM."""

from importlib.util import find_spec

from augspec_backends.generic.options import Capabilities

__all__ = ["CAPABILITIES", "MODES"]

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

MODES = ("host",) if find_spec(CAPABILITIES.framework) is not None else ()
"""The mode in which other frameworks' arrays on the CPU go through the engine, where it is installed."""
