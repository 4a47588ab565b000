"""Policies and plans in words."""

from __future__ import annotations

import json
from typing import Any

from augspec.explanation.values import distribution, number
from augspec.language.policy import Policy
from augspec.normalize import normalize, normalized_dict
from augspec.ops.base import Op
from augspec.plan.build import build
from augspec.plan.fuse import fuse
from augspec.plan.stages import Chains, Choose, Leaf, Occlude, Remap, Resample, Selector, Stage, Warp, leaves

__all__ = ["as_dict", "as_text", "policy_dict", "policy_text"]

_DOES = {
    "Move": "exact moves of pixels",
    "Warp": "one transform of the plane, one resampling",
    "Remap": "a map of the plane that is no matrix, one resampling",
    "Resample": "window to a new size",
    "Pointwise": "one pass over the pixels",
    "Noise": "a random number per pixel",
    "Filter": "separable convolution",
    "Degrade": "the image alone, resampled onto its own canvas",
    "Occlude": "parts of the image under a fill",
    "Veil": "a grey over the image, here thicker, there thinner",
    "Chains": "chains that begin at the image, one after the other, and the weighted mean of all with it",
    "Mix": "each sample with its partner in the batch, labels too",
    "Tile": "four samples of the batch around a point, with all that belongs to them",
    "Type": "change of what numbers mean",
}


def policy_dict(policy: Policy) -> dict[str, Any]:
    """Return the normalized document."""
    return normalized_dict(policy)


def policy_text(policy: Policy) -> str:
    """Return the normalized document as JSON text, one op per line where it fits."""
    return _json(policy_dict(policy), "") + "\n"


def as_dict(policy: Policy, *, fused: bool) -> dict[str, Any]:
    """Return the stages of both pipelines as plain values."""
    return {name: [_stage(stage) for stage in stages] for name, stages in _pipelines(policy, fused=fused)}


def as_text(policy: Policy, *, fused: bool) -> str:
    """Return the stages of both pipelines as an indented list."""
    what = "fused plan" if fused else "plan"
    lines = [f"{what} of {policy.title or 'the policy'}"]
    for name, stages in _pipelines(policy, fused=fused):
        counts = f"{len(stages)} stage{'s' if len(stages) != 1 else ''} for {_ops(stages)} ops"
        lines += ["", f"{name}: {counts if stages else 'nothing changes'}"]
        lines += _lines(stages, "  ")
    return "\n".join(lines) + "\n"


def _ops(stages: tuple[Stage, ...]) -> int:
    """Return how many ops there are; one whose turn is drawn is one, wherever it may stand."""
    return len({(leaf.path, leaf.step) for leaf in leaves(stages)})


def _pipelines(policy: Policy, *, fused: bool) -> list[tuple[str, tuple[Stage, ...]]]:
    full = normalize(policy)
    plans = [
        ("training", build(full.ops, written=policy.ops)),
        ("evaluation", build(full.eval or (), "eval", written=policy.eval or ())),
    ]
    return [(name, (fuse(plan) if fused else plan).stages) for name, plan in plans]


def _lines(stages: tuple[Stage, ...], indent: str) -> list[str]:
    lines = []
    for position, stage in enumerate(stages, start=1):
        if isinstance(stage, Choose):
            lines.append(f"{indent}{position}. Choose: {_selector(stage.selector, len(stage.branches))}")
            for number_, branch in enumerate(stage.branches):
                inner = indent + "   "
                if len(stage.branches) > 1:
                    lines.append(f"{inner}member {number_}:")
                    inner += "  "
                lines += _lines(branch, inner)
            continue
        if isinstance(stage, Chains):
            lines += _chains(stage, f"{indent}{position}. ", indent + "   ")
            continue
        kind = type(stage).__name__
        lines.append(f"{indent}{position}. {kind}: {_details(stage) or _DOES[kind]}")
        members = list(leaves((stage,)))
        width = max(len(_name(leaf)) for leaf in members)
        lines += [f"{indent}   · {_name(leaf):<{width}}  {_words(leaf)}".rstrip() for leaf in members]
    return lines


def _chains(stage: Chains, first: str, indent: str) -> list[str]:
    """Return the first chain in full: the others are the same members, by draws of their own."""
    lines = [f"{first}Chains: {_DOES['Chains']}", f"{indent}· {_name(stage.leaf)}  {_words(stage.leaf)}"]
    lines += [f"{indent}chain 0:", *_lines(stage.chains[0], indent + "  ")]
    others = len(stage.chains) - 1
    if others:
        named = "chain 1" if others == 1 else f"chains 1 to {others}"
        lines.append(f"{indent}{named}: the same members, by the entries that follow")
    return lines


def _name(leaf: Leaf) -> str:
    step = f" (step {leaf.step + 1})" if leaf.step is not None else ""
    return leaf.path.removeprefix("sample/") + step


def _words(leaf: Leaf) -> str:
    parts = [
        f"{name} {distribution(value, mark.quantity)}"
        for name, mark, value, _ in leaf.op.draws()
        if mark.quantity.name not in ("position", "rank")  # always anywhere
    ]
    extra = _fields(leaf.op)
    gate = [f"with probability {number(leaf.op.p)}"] if leaf.gate else []
    return ", ".join([*gate, *parts, *extra])


def _fields(op: Op) -> list[str]:
    """Return the fields that are no parameters, where they differ from their default or have none."""
    hidden = {
        "op",
        "id",
        "p",
        "ops",
        "interpolation",
        "border",
        "fill",
        *(name for name, _ in op.parameters()),
    }
    found = []
    for name, field in type(op).model_fields.items():
        value = getattr(op, name)
        if (
            name not in hidden
            and value is not None
            and (field.is_required() or value != field.default or name == "pivot")
        ):
            shown = "×".join(str(side) for side in value) if name == "size" else value
            found.append(f"{name} {list(shown) if isinstance(shown, tuple) else shown}")
    return found


def _details(stage: Stage) -> str:
    if isinstance(stage, Warp):
        fill = f", fill {stage.fill}" if stage.border == "constant" and stage.fill else ""
        return f"{_DOES['Warp']} ({stage.interpolation}, {stage.border} border{fill})"
    if isinstance(stage, Remap):
        op = stage.leaf.op
        fill = f", fill {op.fill}" if op.border == "constant" and op.fill else ""  # type: ignore[attr-defined]
        return f"{_DOES['Remap']} ({op.interpolation}, {op.border} border{fill})"  # type: ignore[attr-defined]
    if isinstance(stage, Resample):
        plain = "" if getattr(stage.leaf.op, "antialias", True) else ", not antialiased"
        return f"{_DOES['Resample']} ({getattr(stage.leaf.op, 'interpolation', 'bilinear')}{plain})"
    if isinstance(stage, Occlude) and stage.leaf.op.fill:  # type: ignore[attr-defined]
        return f"{_DOES['Occlude']} ({stage.leaf.op.fill})"  # type: ignore[attr-defined]
    return ""


def _selector(selector: Selector, count: int) -> str:
    opened = "is 1" if selector.least == 1 else f"is at least {selector.least}"
    gate = f"where {_entry(selector.gate, selector.gate_entry)} {opened}" if selector.gate else ""
    branch = f"one of {count} by {_entry(selector.branch, selector.branch_entry)}" if selector.branch else ""
    return ", ".join(part for part in (gate, branch) if part)


def _entry(path: str | None, entry: int | None) -> str:
    return f"{path}[{entry}]" if entry is not None else f"{path}"


def _stage(stage: Stage) -> dict[str, Any]:
    if isinstance(stage, Choose):
        s = stage.selector
        return {
            "stage": "Choose",
            "branch": _entry(s.branch, s.branch_entry) if s.branch else None,
            "gate": _entry(s.gate, s.gate_entry) if s.gate else None,
            **({} if s.least == 1 else {"least": s.least}),
            "branches": [[_stage(inner) for inner in branch] for branch in stage.branches],
        }
    if isinstance(stage, Chains):
        own = {name: f"{stage.leaf.path}/{name}" for name, _, _, _ in stage.leaf.op.draws()}
        return {"stage": "Chains", **own, "chains": [[_stage(inner) for inner in chain] for chain in stage.chains]}
    found: dict[str, Any] = {"stage": type(stage).__name__}
    if isinstance(stage, Warp):
        fill = list(stage.fill) if isinstance(stage.fill, tuple) else stage.fill
        found |= {"interpolation": stage.interpolation, "border": stage.border, "fill": fill}
    found["ops"] = [
        {
            "path": leaf.path,
            "step": leaf.step,
            "gate": leaf.gate,
            "op": leaf.op.model_dump(mode="json", exclude_none=True),
        }
        for leaf in leaves((stage,))
    ]
    return found


def _json(value: Any, indent: str) -> str:
    flat = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(flat) <= 110 or not isinstance(value, (dict, list)):
        return flat
    inner = indent + "  "
    if isinstance(value, dict):
        rows = [f"{inner}{json.dumps(key)}: {_json(entry, inner)}" for key, entry in value.items()]
        return "{\n" + ",\n".join(rows) + f"\n{indent}}}"
    return "[\n" + ",\n".join(f"{inner}{_json(entry, inner)}" for entry in value) + f"\n{indent}]"
