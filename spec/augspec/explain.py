"""explain: print any stage of the road that a policy takes, as text for people or values for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

if TYPE_CHECKING:
    from augspec.language.policy import Policy

__all__ = ["STAGES", "Stage", "explain"]

Stage = Literal["policy", "plan", "fused", "draws"]
STAGES: tuple[Stage, ...] = ("policy", "plan", "fused", "draws")


@overload
def explain(policy: Policy, stage: Stage = "policy", *, format: Literal["text"] = "text") -> str: ...


@overload
def explain(policy: Policy, stage: Stage = "policy", *, format: Literal["dict"]) -> dict[str, Any]: ...


def explain(
    policy: Policy,
    stage: Stage = "policy",
    *,
    format: Literal["text", "dict"] = "text",  # noqa: A002 (the command line's word)
) -> str | dict[str, Any]:
    """Show what becomes of a policy.

    Args:
        policy: what `augspec.load` returns.
        stage: "policy" (normalized: every id and default written out), "plan" (the stages ops lower to),
            "fused" (the stages that run), or "draws" (what is drawn, from which distribution, on which grid).
        format: "text" for people, "dict" for plain JSON values.

    Raises:
        ValueError: an unknown stage or format.
        PolicyError: a policy whose matrices could leave the exact range.
    """
    from augspec.explanation import draws, stages
    from augspec.language.policy import Policy

    if not isinstance(policy, Policy):
        raise TypeError(f"explain() takes a Policy (from augspec.load, loads or parse), got {type(policy).__name__}")
    if stage not in STAGES:
        raise ValueError(f"stage {stage!r}: allowed are {', '.join(STAGES)}")
    if format not in ("text", "dict"):
        raise ValueError(f"format {format!r}: allowed are text, dict")
    if stage == "draws":
        return draws.as_text(policy) if format == "text" else draws.as_dict(policy)
    if stage == "policy":
        return stages.policy_text(policy) if format == "text" else stages.policy_dict(policy)
    fused = stage == "fused"
    return stages.as_text(policy, fused=fused) if format == "text" else stages.as_dict(policy, fused=fused)
