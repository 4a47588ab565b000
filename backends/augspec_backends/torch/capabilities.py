"""What the PyTorch backend can do: told without its framework."""

from importlib.util import find_spec

from augspec_backends.generic.options import Capabilities
from augspec_backends.host.capabilities import CAPABILITIES as HOST

__all__ = ["CAPABILITIES"]

_ENGINE = find_spec(HOST.framework) is not None
"""Whether the mode `host` can be had: the host engine for tensors on the CPU that need no gradient, as eager ones
otherwise."""

CAPABILITIES = Capabilities(
    dtypes=("uint8", "uint16", "float32", "float16", "bfloat16"),
    layouts=("NCHW", "NHWC"),
    modes=("eager", "compiled", "host") if _ENGINE else ("eager", "compiled"),
    default_layout="NCHW",
    auto="host" if _ENGINE else "eager",
    differentiable=True,
    devices=("cpu", "cuda", "mps"),
    framework="torch",
)
