"""`augspec validate`: every problem of every file, with its place, what is allowed, and the fix."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from augspec.cli import talk
from augspec.cli.options import Format, FormatOption
from augspec.cli.read import policy_file
from augspec.errors import PolicyError
from augspec.language.policy import Policy

__all__ = ["validate"]


def validate(
    files: Annotated[list[str], typer.Argument(metavar="FILES...", help="Policy files; '-' for standard input.")],
    format: FormatOption = Format.text,  # noqa: A002 (the option's name)
) -> None:
    """Check policy files and list everything that is wrong with them."""
    reports = [_report(name) for name in files]
    if format is Format.json:
        talk.json_out([{key: value for key, value in report.items() if key != "policy"} for report in reports])
    else:
        for report in reports:
            _print(report)
    if not all(report["ok"] for report in reports):
        raise typer.Exit(1)


def _report(name: str) -> dict[str, Any]:
    try:
        policy = policy_file(name)
    except PolicyError as error:
        problems = [
            {"path": p.path, "value": p.value, "allowed": p.allowed, "suggestion": p.suggestion} for p in error.problems
        ]
        return {"file": name, "ok": False, "hash": None, "problems": problems, "policy": None}
    return {"file": name, "ok": True, "hash": policy.canonical_hash(), "problems": [], "policy": policy}


def _print(report: dict[str, Any]) -> None:
    problems = report["problems"]
    policy: Policy | None = report["policy"]
    if policy is not None:
        named = f", policy {policy.title}" if policy.title else ""
        talk.out((report["file"], "bold"), ": ", ("fine", "green"), f"{named}, hash {report['hash'][:12]}")
        return
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    talk.out((report["file"], "bold"), ": ", (count, "red"))
    for problem in problems:
        talk.out("  ", (problem["path"] or "the whole document", "bold"))
        talk.out(("    got      ", "dim"), problem["value"])
        talk.out(("    allowed  ", "dim"), problem["allowed"])
        if problem["suggestion"]:
            talk.out(("    fix      ", "dim"), (problem["suggestion"], "yellow"))
