"""Inside the caller's own `torch.compile`: one node for Dynamo, every pixel op for the compilers below it.

Dynamo need not understand the library's Python: `record` is a function that it puts into its graph as it stands, and
that runs once more when the graph is lowered, then with symbolic tensors. Parameters come from one custom op, because
an unrolled hash costs Inductor half a minute to compile, and some of the integer arithmetic of weights crashes it.
"""

from __future__ import annotations

import hashlib
from typing import Any

import torch

from augspec.language.policy import Policy
from augspec.load import dumps
from augspec.namespace import Array, Namespace
from augspec.random.keys import Key
from augspec.random.threefry import threefry
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.options import Options
from augspec_backends.generic.pipeline import Runner
from augspec_backends.generic.targets import check_name, outputs
from augspec_backends.torch.namespace import TorchNamespace

__all__ = ["TorchAugmenter", "hash_words", "parameters"]

_AUGMENTERS: dict[int, tuple[Policy, Options]] = {}
_RUNNERS: dict[int, tuple[Runner, tuple[str, ...]]] = {}
"""What the integer arguments of graph nodes stand for; graphs hold no Python objects."""


class TorchAugmenter(Augmenter):
    """An augmenter that can be called inside `torch.compile(fullgraph=True)`."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        # From what it does, not from where it lies: an address comes back, and a compiler that has seen it would run
        # the program of an augmenter that is gone. Equal augmenters share what was compiled for one of them.
        text = f"{dumps(self.policy)}{self.options!r}"
        self._handle = int.from_bytes(hashlib.sha256(text.encode()).digest()[:7], "big")
        _AUGMENTERS[self._handle] = (self.policy, self.options)

    def __call__(self, key: Any, sample: Any, index: Any = None, *, training: bool = True) -> Any:
        """Return the augmented sample (see `Augmenter.__call__`)."""
        if not torch.compiler.is_compiling():
            return super().__call__(key, sample, index, training=training)
        bare = isinstance(sample, torch.Tensor)
        names = ("image",) if bare else self.takes(sample, training=training)
        others = () if bare else tuple(name for name, x in sample.items() if isinstance(x, torch.Tensor))
        tensors = (sample,) if bare else tuple(sample[name] for name in names)
        words = (
            None
            if not training
            else torch.tensor(
                [(key.seed >> 32) - ((key.seed >> 63) << 32), _signed(key.seed), _signed(key.epoch), key.of_view]
            )
            if isinstance(key, Key)
            else key
        )
        # Nothing is refused here: Dynamo loses the words of errors that it meets in code that it reads.
        out = record(self._handle, training, bare, (names, others), words, index, *tensors)
        if bare:
            return out[0]
        found = dict(sample)
        for position, name in enumerate(outputs(self.policy.targets, names)):
            found[name] = out[position]
        return found


def _signed(word: int) -> int:
    low = word & 0xFFFFFFFF
    return low - 2**32 if low >= 2**31 else low


@torch.compiler.allow_in_graph
def record(
    handle: int,
    training: bool,
    bare: bool,
    names: tuple[tuple[str, ...], tuple[Any, ...]],
    key: Any,
    index: Any,
    *tensors: Array,
) -> tuple[Array, ...]:
    """Run an augmenter on tensors whose values cannot be looked at; results in the order of targets.

    Args:
        handle: the augmenter's.
        training: as in a call.
        bare: whether the sample is the image itself.
        names: of the targets among the sample's tensors, and of all tensors.
        key: as in a call, or its four words.
        index: as in a call.
        *tensors: the targets.
    """
    from augspec_backends.torch.backend import TracedBackend

    targets, found = names
    policy, options = _AUGMENTERS[int(handle)]  # symbolic once a compiler has seen two augmenters in one place
    for name in found:
        if name not in targets:
            check_name(name, policy.targets)
    traced = Augmenter(policy, TracedBackend(), options)
    sample = tensors[0] if bare else dict(zip(targets, tensors, strict=True))
    out = Augmenter.__call__(traced, key, sample, index, training=training)
    return (out,) if bare else tuple(out.values())


def register(runner: Runner, key: Array, low: Array, high: Array | None) -> list[Array]:
    """Return a runner's parameters as one node of the graph; their names are `names_of`."""
    handle = id(runner)
    if handle not in _RUNNERS:
        with torch.no_grad():
            zero = torch.zeros(1, dtype=torch.int32)
            shapes = _prepare(runner, torch.zeros(4, dtype=torch.int32), zero, None)
        _RUNNERS[handle] = (runner, tuple(shapes))
    result: list[Array] = torch.ops.augspec.parameters(key, low, high, handle)
    return result


def names_of(runner: Runner) -> tuple[str, ...]:
    """Return the names of the tensors of `register`, in order."""
    return _RUNNERS[id(runner)][1]


def _prepare(runner: Runner, key: Array, low: Array, high: Array | None) -> dict[str, Array]:
    xp: Namespace = TorchNamespace(low.device)
    return runner.prepare(xp, runner.draw(xp, key, low, high), low * 0)


def parameters(key: torch.Tensor, low: torch.Tensor, high: torch.Tensor | None, handle: int) -> list[torch.Tensor]:
    """Draw and prepare, eagerly, on the tensors' device."""
    runner, names = _RUNNERS[handle]
    found = _prepare(runner, key, low, high)
    return [found[name].clone() for name in names]


def hash_words(k0: torch.Tensor, k1: torch.Tensor, x0: torch.Tensor, x1: torch.Tensor) -> list[torch.Tensor]:
    """Return both words of Threefry-2x32-20, eagerly, chunk by chunk so that lanes stay in cache."""
    k0, k1, x0, x1 = (x.contiguous() for x in torch.broadcast_tensors(k0, k1, x0, x1))  # type: ignore[no-untyped-call]
    first, second = torch.empty_like(x0), torch.empty_like(x0)
    flat = [x.reshape(-1) for x in (k0, k1, x0, x1)]
    chunk = 1 << 15 if x0.device.type == "cpu" else max(1, x0.numel())
    for start in range(0, x0.numel(), chunk):
        part = slice(start, start + chunk)
        y0, y1 = threefry(_EAGER, *(x[part] for x in flat))
        first.view(-1)[part], second.view(-1)[part] = y0, y1
    return [first, second]


_EAGER: Namespace = TorchNamespace()

_parameters_op = torch.library.custom_op(
    "augspec::parameters",
    parameters,
    mutates_args=(),
    schema="(Tensor key, Tensor low, Tensor? high, int handle) -> Tensor[]",
)
_hash_op = torch.library.custom_op(
    "augspec::hash_words",
    hash_words,
    mutates_args=(),
    schema="(Tensor k0, Tensor k1, Tensor x0, Tensor x1) -> Tensor[]",
)


@_parameters_op.register_fake
def _(key: torch.Tensor, low: torch.Tensor, high: torch.Tensor | None, handle: int) -> list[torch.Tensor]:
    return parameters(key, low, high, handle)


@_hash_op.register_fake
def _(k0: torch.Tensor, k1: torch.Tensor, x0: torch.Tensor, x1: torch.Tensor) -> list[torch.Tensor]:
    shape = torch.broadcast_shapes(k0.shape, k1.shape, x0.shape, x1.shape)  # type: ignore[no-untyped-call]
    return [x0.new_empty(shape), x0.new_empty(shape)]
