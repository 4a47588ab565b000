"""The PyTorch backend: eager, and compiled by `torch.compile` with no graph break."""

from __future__ import annotations

from collections.abc import Mapping
from types import FunctionType
from typing import Any, ClassVar

import numpy as np
import torch

from augspec.errors import SampleError
from augspec.language.policy import Policy
from augspec.namespace import Array, Namespace
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.backend import GenericBackend, Keys
from augspec_backends.generic.options import Capabilities, Options
from augspec_backends.generic.pipeline import Runner
from augspec_backends.generic.targets import outputs
from augspec_backends.torch.capabilities import CAPABILITIES
from augspec_backends.torch.graph import TorchAugmenter, names_of, register
from augspec_backends.torch.namespace import TorchNamespace

__all__ = ["Backend", "TracedBackend"]


class Backend(GenericBackend):
    """Torch tensors on any device. Gradients flow to float images; parameters are made on the host."""

    name: ClassVar[str] = "torch"
    capabilities: ClassVar[Capabilities] = CAPABILITIES

    def augmenter(self, policy: Policy, options: Options) -> Augmenter:
        return TorchAugmenter(policy, self, options)

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
                f"{key.dtype} of shape {tuple(key.shape)}" if self.owns(key) else type(key).__name__,
            )
        if self.concrete(key):
            if key.numel() == 1:
                return self._seed_words(int(key))
            words = np.asarray(key.cpu(), np.int64).reshape(4)
            if ((words < -(2**31)) | (words >= 2**32)).any():
                raise SampleError("key", "words of 32 bits", words.tolist())
            return words.astype(np.uint32).view(np.int32)
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
        start = out.untyped_storage().data_ptr()
        shares = any(x.untyped_storage().data_ptr() == start for x in inputs.values())
        return out.clone(memory_format=torch.contiguous_format) if shares else out.contiguous()

    def on_engine(self, augmenter: Augmenter, arrays: Mapping[str, Array]) -> bool:
        """Return whether tensors go through the host engine: the mode is that, and they can."""
        if augmenter.options.mode != "host":
            return False
        from augspec_backends.torch.on_host import goes  # needs LLVM

        return goes(arrays)

    def run(
        self,
        augmenter: Augmenter,
        runner: Runner,
        xp: Namespace,
        keys: Keys,
        on_host: bool,
        arrays: Mapping[str, Array],
    ) -> dict[str, Array]:
        if on_host and self.on_engine(augmenter, arrays):
            from augspec_backends.torch import on_host as engine

            return engine.run(augmenter, runner, keys, arrays)
        return super().run(augmenter, runner, xp, keys, on_host, arrays)

    def run_draws(
        self,
        augmenter: Augmenter,
        runner: Runner,
        xp: Namespace,
        draws: Mapping[str, Array],
        zeros: Array,
        on_host: bool,
        arrays: Mapping[str, Array],
    ) -> dict[str, Array]:
        if on_host and self.on_engine(augmenter, arrays):
            from augspec_backends.torch import on_host as engine

            return engine.run_draws(augmenter, runner, draws, zeros, arrays)
        return super().run_draws(augmenter, runner, xp, draws, zeros, on_host, arrays)

    def run_pixels(
        self,
        augmenter: Augmenter,
        runner: Runner,
        xp: Namespace,
        params: Mapping[str, Array],
        arrays: Mapping[str, Array],
    ) -> dict[str, Array]:
        if augmenter.options.mode != "compiled" or 0 in arrays["image"].shape:
            return runner.pixels(xp, params, arrays)
        # Loops over channels last compute each position once for all channels; the two copies are cheap beside that.
        first = augmenter.options.layout == "NCHW"
        if first:
            runner = runner.channels_last()
            arrays = {name: _to_last(runner, name, x) for name, x in arrays.items()}
        names = (tuple(sorted(params)), tuple(sorted(arrays)))

        def compile_it() -> Any:
            return torch.compile(_calling(_GraphFunction(runner, xp.device, names)), fullgraph=True, dynamic=False)  # type: ignore[attr-defined]

        compiled = augmenter.compiled(runner, compile_it, str(xp.device))  # type: ignore[attr-defined]
        out = compiled(*(params[name] for name in names[0]), *(arrays[name] for name in names[1]))
        found = dict(zip(_outputs(runner), out, strict=True))
        return {name: _to_first(runner, name, x) for name, x in found.items()} if first else found


class TracedBackend(Backend):
    """The backend while a compiler records: no value can be looked at, and nothing is compiled again."""

    def on_engine(self, augmenter: Augmenter, arrays: Mapping[str, Array]) -> bool:
        return False  # these tensors have no memory

    def namespace(self, arrays: Mapping[str, Array]) -> Namespace:
        return TorchNamespace(next(iter(arrays.values())).device, traced=True)

    def concrete(self, x: Array) -> bool:
        return False

    def shape(self, x: Array) -> tuple[int, ...]:
        # A compiler that has seen two sizes calls the third one unknown. Here it is asked for this one, and compiles
        # anew for others: programs have static shapes (C12).
        return tuple(int(side) for side in x.shape)

    def fresh(self, out: Array, inputs: Mapping[str, Array]) -> Array:
        # Nobody can tell here whether memory is shared; a copy of what was computed fuses into the computation.
        return out.clone(memory_format=torch.contiguous_format)

    def run(
        self,
        augmenter: Augmenter,
        runner: Runner,
        xp: Namespace,
        keys: Keys,
        on_host: bool,
        arrays: Mapping[str, Array],
    ) -> dict[str, Array]:
        if on_host:
            return super().run(augmenter, runner, xp, keys, on_host, arrays)
        parameters = register(runner, *keys)
        return runner.pixels(xp, dict(zip(names_of(runner), parameters, strict=True)), arrays)

    def run_pixels(
        self,
        augmenter: Augmenter,
        runner: Runner,
        xp: Namespace,
        params: Mapping[str, Array],
        arrays: Mapping[str, Array],
    ) -> dict[str, Array]:
        return runner.pixels(xp, params, arrays)


class _GraphFunction:
    """The pixels of one runner as a function of tensors only, recorded op by op without looking at its Python."""

    def __init__(self, runner: Runner, device: torch.device, names: tuple[tuple[str, ...], tuple[str, ...]]) -> None:
        self.runner, self.names = runner, names
        self.xp = TorchNamespace(device, traced=True)

    def __call__(self, *tensors: Array) -> tuple[Array, ...]:
        count = len(self.names[0])
        params = dict(zip(self.names[0], tensors[:count], strict=True))
        arrays = dict(zip(self.names[1], tensors[count:], strict=True))
        out = self.runner.pixels(self.xp, params, arrays)
        return tuple(_unshared(out[name], arrays) for name in _outputs(self.runner))


def _calling(function: _GraphFunction) -> Any:
    """Return a function that Dynamo puts into its graph as one node; the compilers below it see every op."""

    def pixels(*tensors: Array) -> tuple[Array, ...]:
        return function(*tensors)

    node = torch.compiler.allow_in_graph(pixels)  # type: ignore[no-untyped-call]

    def call(*tensors: Array) -> tuple[Array, ...]:
        result: tuple[Array, ...] = node(*tensors)
        return result

    # Dynamo counts recompilations per code object: every compiled function gets one of its own.
    return FunctionType(call.__code__.replace(), call.__globals__, call.__name__, None, call.__closure__)


def _outputs(runner: Runner) -> tuple[str, ...]:
    """Return the names of a runner's results, in order."""
    return outputs(runner.pipeline.policy.targets, (name for name, _, _ in runner.signature.leaves))


def _has_channels(runner: Runner, name: str) -> bool:
    return name == "image" or any(
        target.name == name and target.channels(runner.signature) for target in runner.targets
    )


def _to_last(runner: Runner, name: str, x: Array) -> Array:
    return x.movedim(-3, -1).contiguous() if _has_channels(runner, name) else x


def _to_first(runner: Runner, name: str, x: Array) -> Array:
    return x.movedim(-1, -3).contiguous() if _has_channels(runner, name) else x


def _unshared(out: Array, inputs: Mapping[str, Array]) -> Array:
    return out.clone() if any(out is x for x in inputs.values()) else out.contiguous()


def _low_word(ids: torch.Tensor) -> torch.Tensor:
    low = ids & 0xFFFFFFFF
    return torch.where(low >= 2**31, low - 2**32, low).to(torch.int32)
