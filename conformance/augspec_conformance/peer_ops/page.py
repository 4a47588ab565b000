"""docs/peers.md, from the words and the importers' tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from augspec_conformance.peer_ops.coverage import coverage
from augspec_conformance.peer_ops.read import Library, Mention, Word, Words, words

__all__ = ["page"]

_SAID = {"same": "matched", "near": "approximately", "unneeded": "not needed", "none": "not here"}


def page(found: Words | None = None) -> str:
    """Return the page."""
    return "\n".join(_lines(found or words())) + "\n"


def _lines(found: Words) -> Iterator[str]:
    yield from (
        "# Words of other libraries",
        "",
        "What each op of other libraries is here, and what is not here. By `python -m augspec_conformance.peer_ops`.",
        "",
        "- **matched**: the same formula and the same freedom, up to rounding; [measured](accuracy.md) where a number",
        "  can say so.",
        "- **approximately**: what the remark says differs.",
        "- **not needed**: the design does it, or nothing is to be done.",
        "- **not here**: with the reason.",
        "",
        "*Imported* is what `augspec import` and `augspec.importing` do with a declaration of it; what an import loses",
        "is told for each transform when it happens. Words in `code` are ops; fields that matter stand in brackets.",
        "",
        "| library | ops | matched | approximately | not needed | not here | imported |",
        "|---|---|---|---|---|---|---|",
    )
    for library in found.libraries:
        counts: Counter[str] = Counter(word.verdict for word in library.ops)
        known = coverage(library.importer)
        read = sum(known.get(word.name) == "yes" for word in library.ops) if known else ""
        numbers = [len(library.ops), *(counts[verdict] for verdict in _SAID), read]
        yield f"| [{library.title}](#{_anchor(library)}) {library.version} | {' | '.join(map(str, numbers))} |"
    yield from ("", "## Targets", "", "What moves together with the image.", "")
    yield from _table(found.targets)
    for library in found.libraries:
        yield from ("", f"## {library.title}", "", f"Version {library.version}.", "")
        yield from _table(library.ops, coverage(library.importer) if library.importer else None)


def _anchor(library: Library) -> str:
    kept = "".join(one for one in library.title.lower() if one.isalnum() or one in " -_")
    return kept.replace(" ", "-")


def _table(ops: Sequence[Word], known: dict[str, str] | None = None) -> Iterator[str]:
    imported = known is not None
    yield f"| theirs | here | how near | remark |{' imported |' if imported else ''}"
    yield f"|---|---|---|---|{'---|' if imported else ''}"
    for word in ops:
        here = word.target or ", ".join(_mentioned(one) for one in word.here)
        cells = [word.name, here, _SAID[word.verdict], word.remark]
        if known is not None:
            cells.append(known.get(word.name, ""))
        yield f"| {' | '.join(cells)} |"


def _mentioned(one: Mention) -> str:
    if one.preset:
        return f"preset [`{one.preset}`](presets.md)"
    return f"`{one.op}`" + (f" ({', '.join(one.fields)})" if one.fields else "")
