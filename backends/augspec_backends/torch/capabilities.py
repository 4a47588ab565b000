"""What the PyTorch backend can do: told without its framework."""

from augspec_backends.generic.options import Capabilities
from augspec_backends.host.capabilities import MODES

__all__ = ["CAPABILITIES"]

CAPABILITIES = Capabilities(
    dtypes=("uint8", "uint16", "float32", "float16", "bfloat16"),
    layouts=("NCHW", "NHWC"),
    modes=("eager", "compiled", *MODES),
    default_layout="NCHW",
    auto=MODES[0] if MODES else "eager",
    differentiable=True,
    devices=("cpu", "cuda", "mps"),
    framework="torch",
)
