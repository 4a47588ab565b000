"""`python -m augspec.presets.page` prints the page of presets, docs/presets.md."""

from __future__ import annotations

import sys

from augspec.presets import PresetFacts, presets

__all__ = ["text"]

_HEAD = """# Presets

Published recipes as data: `{"op": "preset", "name": "randaugment/torchvision"}` stands for the ops in its file. A
preset never changes; code that changes is another preset, with another name. `augspec presets NAME` prints one with
its ops. Those that crop give fixed sizes, and so their policy says what evaluation does (`eval`).

This page is printed by `python -m augspec.presets.page`.

| name | what | source |
|---|---|---|
"""


def text() -> str:
    """Return the page as Markdown."""
    every = list(presets().values())
    rows = "".join(f"| `{one.name}` | {one.summary} | {one.library} {one.version} |\n" for one in every)
    return _HEAD + rows + "".join(map(_section, every))


def _section(one: PresetFacts) -> str:
    lines = [
        "",
        f"## {one.name}",
        "",
        f"{one.summary} Source: {one.library} {one.version}, {one.where}; first described in <{one.paper}>.",
        "",
    ]
    lines += ["What differs:", "", *(f"- {sentence}" for sentence in one.differs)] if one.differs else ["As there."]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
