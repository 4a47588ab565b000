"""The manifest: how long each file was whenever lines were added, and the SHA-256 of so many lines."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

__all__ = ["FILE", "Manifest", "append", "problems", "read"]

FILE = "manifest.json"

Manifest = dict[str, list[dict[str, Any]]]
"""By file, from the oldest addition to the newest: {"lines": how many, "sha256": of these lines}."""


def read(folder: Path) -> Manifest:
    """Return the manifest of a folder; an empty one where there is none."""
    file = folder / FILE
    if not file.exists():
        return {}
    found: Manifest = json.loads(file.read_text(encoding="utf-8"))
    return found


def problems(folder: Path) -> list[str]:
    """Return what does not agree with the manifest: files that are missing or new, lines changed or lost or added."""
    found, manifest = [], read(folder)
    files = {file.name for file in folder.iterdir() if file.name != FILE}
    found += [f"{name}: in the manifest, but missing" for name in sorted(set(manifest) - files)]
    found += [f"{name}: not in the manifest" for name in sorted(files - set(manifest))]
    for name in sorted(files & set(manifest)):
        lines = _lines(folder / name)
        for step in manifest[name]:
            if _sha(lines[: step["lines"]]) != step["sha256"]:
                found.append(f"{name}: the first {step['lines']} lines are not those that were published")
                break
        else:
            if len(lines) != manifest[name][-1]["lines"]:
                found.append(f"{name}: {len(lines) - manifest[name][-1]['lines']} lines that were never published")
    return found


def append(folder: Path, additions: dict[str, list[str]]) -> None:
    """Add lines to files, and to the manifest what the files are now.

    Raises:
        ValueError: the folder does not agree with its manifest; nothing was written.
    """
    wrong = problems(folder)
    if wrong:
        raise ValueError("the corpus is append-only; put back what was published first:\n" + "\n".join(wrong))
    manifest = read(folder)
    for name, lines in sorted(additions.items()):
        if not lines:
            continue
        file = folder / name
        everything = [*(_lines(file) if file.exists() else []), *lines]
        file.write_text("".join(f"{line}\n" for line in everything), encoding="utf-8", newline="\n")
        manifest.setdefault(name, []).append({"lines": len(everything), "sha256": _sha(everything)})
    text = json.dumps(dict(sorted(manifest.items())), indent=1)
    (folder / FILE).write_text(text + "\n", encoding="utf-8", newline="\n")


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines()


def _sha(lines: list[str]) -> str:
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()
