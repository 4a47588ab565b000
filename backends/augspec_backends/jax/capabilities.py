"""What the JAX backend can do: told without its framework."""

from augspec_backends.generic.options import Capabilities
from augspec_backends.host.capabilities import MODES

__all__ = ["CAPABILITIES"]

CAPABILITIES = Capabilities(
    dtypes=("uint8", "uint16", "float32", "float16", "bfloat16"),
    layouts=("NHWC", "NCHW"),
    modes=("eager", "compiled", *MODES),
    default_layout="NHWC",
    auto="compiled",
    differentiable=True,
    devices=("cpu", "gpu", "tpu"),
    framework="jax",
)
