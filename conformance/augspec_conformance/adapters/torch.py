"""PyTorch tensors on the CPU."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from augspec_conformance.adapters import Gradient, Place, engine, host_fingerprint, is_dense, seed_host
from augspec_conformance.adapters import numpy as host

FRAMEWORK = "torch"
Array = npt.NDArray[Any]


def cost(mode: str) -> str:
    """A compilation by Inductor takes about ten seconds, one of the host engine's about one."""
    return {"eager": "eager", "host": "graph"}.get(mode, "dear")


def to_native(array: Array, dtype: str) -> Any:
    """Return a tensor in its own memory."""
    tensor = torch.from_numpy(np.array(array, order="C"))
    return tensor.to(getattr(torch, dtype)).clone()


def to_numpy(x: Any) -> Array:
    """Return a copy; bfloat16 as float32."""
    host = x.detach().cpu()
    return np.array((host.float() if host.dtype == torch.bfloat16 else host).numpy())


def dtype_name(x: Any) -> str:
    """Return the dtype's name."""
    return str(x.dtype).removeprefix("torch.")


def share(array: Array) -> Any:
    """Return a tensor over the same memory."""
    return torch.from_numpy(array)


def readonly(array: Array) -> Any:
    """Torch has no read-only tensors."""
    del array


def layouts(array: Array) -> Mapping[str, Any]:
    """Return permuted, strided, offset and channels-last tensors.

    Where the values are the same along an axis, one more tensor repeats them with a stride of zero.
    """
    tensor = to_native(array, str(array.dtype))
    axes = tuple(reversed(range(tensor.ndim)))
    wide = torch.zeros([2 * n for n in tensor.shape], dtype=tensor.dtype)
    even = tuple(slice(None, None, 2) for _ in tensor.shape)
    wide[even] = tensor
    longer = torch.zeros(tensor.numel() + 5, dtype=tensor.dtype)
    longer[5:] = tensor.reshape(-1)
    found = {
        "permuted": tensor.permute(axes).contiguous().permute(axes),
        "wide strides": wide[even],
        "offset": longer[5:].reshape(tensor.shape),
    }
    if tensor.ndim == 4:
        found["channels_last"] = tensor.contiguous(memory_format=torch.channels_last)
    same = host.constant_axes(array)
    if same:
        once = tuple(slice(0, 1) if axis in same else slice(None) for axis in range(tensor.ndim))
        found["expanded"] = tensor[once].clone().expand(tensor.shape)
    return found


def storage(x: Any) -> tuple[int, int] | None:
    """Return the bounds of the whole storage."""
    memory = x.untyped_storage()
    return (memory.data_ptr(), memory.data_ptr() + memory.nbytes()) if memory.nbytes() else None


def dense(x: Any) -> bool | None:
    """Look at the strides."""
    return is_dense(tuple(x.shape), x.stride())


def guarded(array: Array, sentinel: Any) -> tuple[Any, Any] | None:
    """Return the inside of a tensor that is two larger on every side."""
    base = torch.from_numpy(np.full([side + 4 for side in array.shape], sentinel, array.dtype))
    view = base[tuple(slice(2, 2 + side) for side in array.shape)]
    view.copy_(torch.from_numpy(np.ascontiguousarray(array)))
    return view, base


def poke(x: Any) -> bool:
    """Overwrite every value."""
    with torch.no_grad():
        plain = x.detach()
        plain.copy_(torch.logical_not(plain) if plain.dtype == torch.bool else 1 - plain.to(torch.float64))
    return True


def seed_globals(seed: int) -> None:
    """Seed the host's generators and torch's."""
    seed_host(seed)
    torch.manual_seed(seed)


def fingerprint() -> Mapping[str, Any]:
    """Return the host's state, torch's generator and torch's settings."""
    return {
        **host_fingerprint(),
        "torch.rng": bytes(torch.get_rng_state().numpy()),
        "default dtype": torch.get_default_dtype(),
        "default device": str(torch.get_default_device()),
        "grad mode": torch.is_grad_enabled(),
        "inference": torch.is_inference_mode_enabled(),
        "threads": torch.get_num_threads(),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "matmul precision": torch.get_float32_matmul_precision(),
    }


def native_keys(seed: int, epoch: int, view: int) -> Mapping[str, Any]:
    """Return the four words, and a seed that int64 can hold."""
    found = {"words": torch.tensor([seed >> 32, seed & 0xFFFFFFFF, epoch, view], dtype=torch.int64)}
    if not epoch and not view and seed < 2**63:
        found |= {"seed": torch.tensor(seed), "seed of one entry": torch.tensor([seed])}
    return found


def compilations() -> int | None:
    """Return how many graphs Dynamo made, and functions augspec's host engine."""
    from torch._dynamo.utils import counters

    return int(counters["stats"]["unique_graphs"]) + engine.machines()


def contexts() -> Mapping[str, Callable[[], AbstractContextManager[Any]]]:
    """Return the gradient modes, and autocast."""
    return {
        "no_grad": torch.no_grad,
        "inference_mode": torch.inference_mode,
        "autocast": lambda: torch.autocast("cpu", dtype=torch.bfloat16),
    }


def ir_audit(
    augmenter: Any, key: Any, sample: Any, ids: Sequence[int], *, mode: str, optimized: bool
) -> list[str] | None:
    """Let Dynamo say where its graphs break, and whether another key makes it compile again."""
    del optimized
    if mode == "host":
        return engine.audit(augmenter, key, sample, ids)
    from torch._dynamo import config
    from torch._dynamo.exc import RecompileError
    from torch._dynamo.utils import counters

    breaks, graphs = dict(counters["graph_break"]), counters["stats"]["unique_graphs"]
    augmenter(key, sample, ids)
    found = [
        f"a break in the graph: {' '.join(str(reason).split())[:200]}"
        for reason, count in counters["graph_break"].items()
        if count > breaks.get(reason, 0)
    ]
    if counters["stats"]["unique_graphs"] == graphs:
        found.append("the first call compiled nothing")
    with config.patch(error_on_recompile=True):
        try:
            augmenter(key.fold(1), sample, [i ^ 1 for i in ids])
        except RecompileError as error:
            found.append(f"the second call compiles again: {str(error).splitlines()[0]}")
    return found


def switches() -> Mapping[str, Callable[[], AbstractContextManager[Any]]]:
    """Return coarse products of matrices."""
    return {"coarse products": _coarse}


@contextmanager
def _coarse() -> Iterator[None]:
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("medium")
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before)


def nestings() -> Mapping[str, Callable[..., Any]]:
    """None that are cheap: compiling a caller takes many seconds."""
    return {}


class _Augmented(torch.utils.data.Dataset[Any]):
    """Samples that are augmented where they are read."""

    def __init__(self, augmenter: Any, key: Any, sample: Any, ids: Any) -> None:
        self.augmenter, self.key, self.sample, self.ids = augmenter, key, sample, list(ids)

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, position: int) -> Any:
        one = {name: x[position] for name, x in self.sample.items()}
        return position, self.augmenter(self.key, one, self.ids[position])


def _loaded(workers: int) -> Callable[..., Any]:
    def run(augmenter: Any, key: Any, sample: Any, ids: Any) -> list[Any]:
        data = _Augmented(augmenter, key, sample, ids)
        more: dict[str, Any] = {"multiprocessing_context": "fork", "persistent_workers": True} if workers else {}
        # Every epoch reads in another order, and the last batch is smaller.
        order = torch.Generator().manual_seed(key.seed % 2**63)
        loader = torch.utils.data.DataLoader(
            data, batch_size=2, shuffle=True, generator=order, num_workers=workers, **more
        )
        return [_in_order(list(loader)) for _ in range(2)]

    return run


def _in_order(batches: list[Any]) -> Any:
    positions = torch.cat([position for position, _ in batches])
    order = torch.argsort(positions)
    return {name: torch.cat([out[name] for _, out in batches])[order] for name in batches[0][1]}


def pipelines() -> Mapping[str, Callable[..., Any]]:
    """Return loaders with and without worker processes.

    Workers are forks, which start at once; where JAX or TensorFlow have started threads, forks may hang.
    """
    found = {"DataLoader": _loaded(0)}
    if not {"jax", "tensorflow"} & set(sys.modules):
        found["DataLoader, 2 workers"] = _loaded(2)
    return found


def donating() -> Callable[..., Any] | None:
    """Tensors are not given away."""
    return None


def consumed(x: Any) -> bool:
    """Tensors are not given away."""
    del x
    return False


def split_host() -> None:
    """Torch knows one host."""


def places() -> Mapping[str, Place]:
    """Return the host and the CUDA devices."""
    names = ["cpu", *(f"cuda:{number}" for number in range(torch.cuda.device_count()))]
    return {name: _place(torch.device(name)) for name in names}


def _place(device: torch.device) -> Place:
    return Place(lambda x: x.to(device), lambda x: x.device == device)


def gradient(augmenter: Any, key: Any, image: Any, ids: Any, weights: Array, *, mode: str) -> Gradient | None:
    """Return the result and the gradient of its weighted sum."""
    del mode
    leaf = image.clone().requires_grad_()
    out = augmenter(key, leaf, ids)
    (found,) = torch.autograd.grad((out * torch.from_numpy(weights)).sum(), leaf, allow_unused=True)
    return None if found is None else Gradient(out, found, "" if leaf.grad is None else "a gradient in `.grad`")
