"""`augspec presets`: published recipes, each with its source and with what differs from that."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Any

import typer

import augspec
from augspec.cli import talk
from augspec.cli.options import Format, FormatOption
from augspec.errors import nearest
from augspec.presets import PresetFacts

__all__ = ["presets"]


def presets(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="One preset, in detail.")] = None,
    format: FormatOption = Format.text,  # noqa: A002 (the option's name)
) -> None:
    """List the presets with their sources, or show one with its ops."""
    known = augspec.presets()
    if name is not None and name not in known:
        hint = f"{nearest(name, known)} All of them: augspec presets".strip()
        raise typer.BadParameter(f"no preset {name!r}. {hint}")
    facts = [known[one] for one in (known if name is None else [name])]
    if format is Format.json:
        talk.json_out([_plain(one) for one in facts] if name is None else _plain(facts[0]))
    elif name is None:
        _list(facts)
    else:
        _detail(facts[0])


def _plain(facts: PresetFacts) -> dict[str, Any]:
    return {**asdict(facts), "differs": list(facts.differs), "ops": json.loads(facts.ops)}


def _list(facts: list[PresetFacts]) -> None:
    width = max(len(one.name) for one in facts)
    for one in facts:
        talk.out((f"{one.name:<{width}}", "bold"), f"  {one.summary}")
        talk.out(f"{'':<{width}}  ", (f"{one.library} {one.version}", "dim"))
    talk.note('Used as {"op": "preset", "name": "…"}. One in detail: augspec presets randaugment/torchvision')


def _detail(facts: PresetFacts) -> None:
    talk.out((facts.name, "bold"), f"  {facts.summary}")
    talk.out()
    talk.out(("source: ", "dim"), f"{facts.library} {facts.version}, {facts.where}")
    talk.out(("first described: ", "dim"), facts.paper)
    talk.out()
    talk.out("What differs from the source:" if facts.differs else "Nothing differs from the source.")
    for sentence in facts.differs:
        talk.out(f"  · {sentence}")
    talk.out()
    for op in json.loads(facts.ops):
        talk.out(json.dumps(op, ensure_ascii=False))
