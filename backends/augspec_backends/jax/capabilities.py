"""What the JAX backend can do: told without its framework."""

from augspec_backends.generic.options import Capabilities

__all__ = ["CAPABILITIES"]

CAPABILITIES = Capabilities(
    dtypes=("uint8", "uint16", "float32", "float16", "bfloat16"),
    layouts=("NHWC", "NCHW"),
    modes=("eager", "compiled"),
    default_layout="NHWC",
    auto="compiled",
    differentiable=True,
    devices=("cpu", "gpu", "tpu"),
    framework="jax",
)
