"""`augspec explain`, `augspec schema` and `augspec hash`: look at a policy and at the language."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

import augspec
from augspec.cli import talk
from augspec.cli.options import Format, FormatOption, PolicyArgument
from augspec.cli.read import policy_file

__all__ = ["explain", "hash_", "schema"]


class Stage(StrEnum):
    """Stages of the road that a policy takes."""

    policy = "policy"
    plan = "plan"
    fused = "fused"
    draws = "draws"


def explain(
    policy: PolicyArgument,
    stage: Annotated[Stage, typer.Option("--stage", help="Normalized policy, plan, fused plan or draws.")] = Stage.plan,
    format: FormatOption = Format.text,  # noqa: A002 (the option's name)
) -> None:
    """Show what becomes of a policy: what is written out, what runs, what is drawn."""
    checked = policy_file(policy)
    if format is Format.json:
        talk.json_out(augspec.explain(checked, stage.value, format="dict"))
    else:
        sys.stdout.write(augspec.explain(checked, stage.value))


def schema(
    vendors: Annotated[
        bool, typer.Option("--vendors", help="With the ops of other installed packages, for an editor.")
    ] = False,
) -> None:
    """Print the JSON Schema of policy documents."""
    talk.json_out(augspec.schema(vendors=vendors))


def hash_(policy: PolicyArgument) -> None:
    """Print the canonical hash: equal hashes mean equal samples."""
    sys.stdout.write(policy_file(policy).canonical_hash() + "\n")
