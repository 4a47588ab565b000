"""A choice inside a graph: one node, which gathers the rows of every branch and runs it on those alone.

A graph has static shapes, and how many rows choose a branch is in no shape: all that a compiler could record is every
branch on every row, which costs the sum of the members. The node is a custom op; what it runs is the branches, eagerly.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import torch

from augspec.namespace import Array
from augspec_backends.generic.namespace import grouped

__all__ = ["choose", "choose_gradients", "chosen"]

_CHOICES: dict[int, tuple[Any, tuple[str, ...], tuple[str, ...], tuple[Any, ...]]] = {}
"""What the integer arguments of nodes stand for: a namespace, names of state and parameters, and branches."""


def chosen(
    xp: Any, branch: Array, branches: Sequence[Any], state: Mapping[str, Array], params: Mapping[str, Array]
) -> dict[str, Array]:
    """Return the new state as the results of one node of the graph (see `Namespace.choose`).

    Args:
        xp: the `TorchNamespace` outside of graphs, on the arrays' device.
        branch: (B,).
        branches: `augspec_backends.generic.stages.choose.Branch`es.
        state: arrays (B, …).
        params: arrays (B, …).
    """
    names, others = tuple(state), tuple(params)
    runs = tuple(one.under(xp) for one in branches)
    # From what it does: the same in every process, so that caches of graphs hold.
    text = f"{xp.device}{names}{others}{runs!r}"
    handle = int.from_bytes(hashlib.sha256(text.encode()).digest()[:7], "big")
    _CHOICES[handle] = (xp, names, others, runs)
    found = torch.ops.augspec.choose(branch, list(state.values()), list(params.values()), handle)
    return dict(zip(names, found, strict=True))


def _run(branch: Array, state: Sequence[Array], params: Sequence[Array], handle: int) -> list[Array]:
    xp, names, others, runs = _CHOICES[handle]
    rows, given = (dict(zip(n, arrays, strict=True)) for n, arrays in ((names, state), (others, params)))
    out = grouped(xp, branch.cpu().numpy(), runs, rows, given)
    return [out[name] for name in names]


def choose(
    branch: torch.Tensor, state: list[torch.Tensor], params: list[torch.Tensor], handle: int
) -> list[torch.Tensor]:
    """Run every branch on its rows; results are new memory."""
    given = {x.untyped_storage().data_ptr() for x in state}
    out = [x.contiguous() for x in _run(branch, state, params, handle)]
    return [x.clone() if x.untyped_storage().data_ptr() in given else x for x in out]


def choose_gradients(
    branch: torch.Tensor,
    state: list[torch.Tensor],
    params: list[torch.Tensor],
    slopes: list[torch.Tensor],
    handle: int,
) -> list[torch.Tensor]:
    """Return the gradients of floating state, given those of its results."""
    with torch.enable_grad():
        leaves = [x.detach().requires_grad_(x.is_floating_point()) for x in state]
        out = _run(branch, leaves, params, handle)
        pairs = [(y, slope) for y, slope in zip(out, slopes, strict=True) if y.requires_grad]
        wanted = [x for x in leaves if x.requires_grad]
        found = torch.autograd.grad([y for y, _ in pairs], wanted, [s for _, s in pairs], materialize_grads=True)
    return [x.clone() for x in found]


_choose_op = torch.library.custom_op(
    "augspec::choose",
    choose,
    mutates_args=(),
    schema="(Tensor branch, Tensor[] state, Tensor[] params, int handle) -> Tensor[]",
)
# Not `custom_op`, inside of which nothing records gradients.
_GRADIENTS = "augspec::choose_gradients"
torch.library.define(
    _GRADIENTS,
    "(Tensor branch, Tensor[] state, Tensor[] params, Tensor[] slopes, int handle) -> Tensor[]",
    tags=torch.Tag.pt2_compliant_tag,
)
torch.library.impl(_GRADIENTS, "CompositeExplicitAutograd", choose_gradients)


@_choose_op.register_fake
def _(branch: torch.Tensor, state: list[torch.Tensor], params: list[torch.Tensor], handle: int) -> list[torch.Tensor]:
    del branch
    xp, names, others, runs = _CHOICES[handle]
    out = {**dict(zip(names, state, strict=True))}
    first = runs[0].under(type(xp)(xp.device, traced=True))  # a choice inside of it has no values to look at either
    out.update(first(dict(out), dict(zip(others, params, strict=True))))  # all branches give the same shapes
    return [torch.empty(out[name].shape, dtype=out[name].dtype, device=out[name].device) for name in names]


@torch.library.register_fake(_GRADIENTS)
def _(
    branch: torch.Tensor,
    state: list[torch.Tensor],
    params: list[torch.Tensor],
    slopes: list[torch.Tensor],
    handle: int,
) -> list[torch.Tensor]:
    del branch, params, slopes, handle
    return [torch.empty_like(x) for x in state if x.is_floating_point()]


def _keep(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
    branch, state, params, ctx.handle = inputs
    ctx.counts, ctx.shapes = (len(state), len(params)), [(y.shape, y.dtype, y.device) for y in output]
    ctx.save_for_backward(branch, *state, *params)


def _back(ctx: Any, slopes: list[torch.Tensor | None]) -> tuple[Any, ...]:
    branch, *rest = ctx.saved_tensors
    many, more = ctx.counts
    state, params = rest[:many], rest[many:]
    full = [
        torch.zeros(shape, dtype=dtype, device=device) if slope is None else slope
        for slope, (shape, dtype, device) in zip(slopes, ctx.shapes, strict=True)
    ]
    found = iter(torch.ops.augspec.choose_gradients(branch, state, params, full, ctx.handle))
    return None, [next(found) if x.is_floating_point() else None for x in state], [None] * more, None


torch.library.register_autograd("augspec::choose", _back, setup_context=_keep)
