"""The PyTorch backend: eager, and compiled by `torch.compile` with no graph break."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import torch

from augspec.errors import SampleError
from augspec.namespace import Array, Namespace
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.backend import GenericBackend
from augspec_backends.generic.options import Capabilities
from augspec_backends.generic.pipeline import Runner
from augspec_backends.torch.namespace import TorchNamespace

__all__ = ["Backend"]


class Backend(GenericBackend):
    """Torch tensors on any device. Gradients flow to float images; parameters are made on the host."""

    name: ClassVar[str] = "torch"
    capabilities: ClassVar[Capabilities] = Capabilities(
        dtypes=("uint8", "uint16", "float32", "float16", "bfloat16"),
        layouts=("NCHW", "NHWC"),
        modes=("eager", "compiled"),
        default_layout="NCHW",
        auto="eager",
        differentiable=True,
        devices=("cpu", "cuda", "mps"),
    )

    def namespace(self, arrays: Mapping[str, Array]) -> Namespace:
        devices = {array.device for array in arrays.values()}
        if len(devices) > 1:
            raise SampleError("sample", "all tensors on one device", ", ".join(sorted(map(str, devices))))
        return TorchNamespace(devices.pop() if devices else "cpu")

    def owns(self, x: Any) -> bool:
        return isinstance(x, torch.Tensor)

    def shape(self, x: Array) -> tuple[int, ...]:
        return tuple(x.shape)

    def dtype(self, x: Array) -> str:
        return str(x.dtype).removeprefix("torch.")

    def concrete(self, x: Array) -> bool:
        return not torch.compiler.is_compiling()

    def to_host(self, x: Array) -> np.ndarray:
        x = x.detach().cpu()
        return np.asarray(x.float() if x.dtype == torch.bfloat16 else x)

    def to_native(self, xp: Namespace, params: Mapping[str, np.ndarray]) -> dict[str, Array]:
        device = getattr(xp, "device", "cpu")
        return {name: torch.from_numpy(np.array(array)).to(device) for name, array in params.items()}

    def native_key(self, key: Any) -> Any:
        if not self.owns(key) or key.is_floating_point() or key.dtype == torch.bool or key.numel() not in (1, 4):
            raise SampleError(
                "key",
                "an int seed, an augspec.Key, or an integer tensor: a seed of one entry, or four words of a key",
                f"{type(key).__name__} {tuple(key.shape) if self.owns(key) else ''}",
            )
        if self.concrete(key):
            if key.numel() == 1:
                return self._seed_words(int(key))
            return np.asarray(key.cpu(), np.int64).reshape(4).astype(np.uint32).view(np.int32)
        if key.numel() == 4:
            return key.reshape(4).to(torch.int32)
        seed = key.reshape(1).to(torch.int64)
        zero = torch.zeros(2, dtype=torch.int32, device=key.device)
        return torch.cat([(seed >> 32).to(torch.int32), _low_word(seed), zero])

    def _seed_words(self, seed: int) -> np.ndarray:
        if seed < 0:
            raise SampleError("key", "seed from 0 to 2^64 - 1", seed)
        return np.array([seed >> 32, seed & 0xFFFFFFFF, 0, 0], np.uint64).astype(np.uint32).view(np.int32)

    def native_ids(self, index: Any, batch: int) -> tuple[Any, Any]:
        if self.owns(index) and not self.concrete(index):
            if index.is_floating_point() or tuple(index.reshape(-1).shape) != (batch,):
                raise SampleError("index", f"one whole number per sample, shape ({batch},)", f"shape {index.shape}")
            ids = index.reshape(-1).to(torch.int64)
            return _low_word(ids), ((ids >> 32) & 0xFFFF).to(torch.int32)
        return super().native_ids(index, batch)

    def fresh(self, out: Array, inputs: Mapping[str, Array]) -> Array:
        if torch.compiler.is_compiling():
            return out.clone(memory_format=torch.contiguous_format)
        start = out.untyped_storage().data_ptr()
        shares = any(x.untyped_storage().data_ptr() == start for x in inputs.values())
        return out.clone(memory_format=torch.contiguous_format) if shares else out.contiguous()

    def run_pixels(
        self,
        augmenter: Augmenter,
        runner: Runner,
        xp: Namespace,
        params: Mapping[str, Array],
        arrays: Mapping[str, Array],
    ) -> dict[str, Array]:
        if augmenter.options.mode != "compiled" or torch.compiler.is_compiling() or 0 in arrays["image"].shape:
            return runner.pixels(xp, params, arrays)
        compiled = augmenter.compiled(
            runner, lambda: torch.compile(_PixelFunction(runner, xp), fullgraph=True, dynamic=False)
        )
        result: dict[str, Array] = compiled(dict(params), dict(arrays))
        return result


class _PixelFunction:
    """The function that is compiled: parameters and arrays in, arrays out."""

    def __init__(self, runner: Runner, xp: Namespace) -> None:
        self.runner, self.xp = runner, xp

    def __call__(self, params: dict[str, Array], arrays: dict[str, Array]) -> dict[str, Array]:
        return self.runner.pixels(self.xp, params, arrays)


def _low_word(ids: torch.Tensor) -> torch.Tensor:
    low = ids & 0xFFFFFFFF
    return torch.where(low >= 2**31, low - 2**32, low).to(torch.int32)
