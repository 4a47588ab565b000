"""The page docs/report_card.md, made of the results and the findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from augspec_conformance.peers.laws import peer_laws
from augspec_conformance.peers.libraries import COLUMNS
from augspec_conformance.peers.results import cell_of, judged
from augspec_conformance.peers.run import Found
from augspec_conformance.peers.verdict import Verdict, all_verdicts, note_of

__all__ = ["page"]

_HEAD = """\
# The report card of other libraries

By `python -m augspec_conformance.peers`. The laws below need no reference of ours: each asks a library about itself.
They have the ids of [our own laws](laws.md) of the same content. A transform is asked only what it or its library
documents, or what the operation is.

- **n** – so many transforms were asked, and the law held for all of them.
- **✖ k of n** – broken for k of n transforms, and found by hand to be a defect: the library contradicts its own
  documentation, another mode of its own, or the mathematics that it names. Every defect has a script that needs only
  that library, with what it requires, prints what is wrong and leaves with 1 while the defect exists.
- **(k of n)** – broken for k of n, but not promised, or documented to be otherwise: not a defect. Reasons are below.
- **–** – not claimed: no transform was asked.

The findings hold for the versions named here, on CPU. A passed cell says that these laws found nothing on these
samples; it is no proof. Probabilities are tested so that a right library fails once in 10⁹ tests.
`pytest conformance/tests/test_report_card.py` runs every script whose library is installed (Keras on torch), and fails
when a defect is gone. On a torchvision whose compiled operators do not load, `python -m
augspec_conformance.peers.scripts docs/report_card NAME` runs its scripts all the same.

Limits: torchvision and Kornia are asked eagerly and, where parameters are fixed, under `torch.compile` with the backend
`aot_eager`, which captures and lowers but leaves Inductor's own code out; augmax and dm-pix eagerly and under
`jit(vmap)`; tf.image eagerly and in `tf.function`; Keras on each of its three engines, eagerly and inside `tf.data`;
Albumentations has one mode. Video, volumes, mixing (but for two layers of Keras), rotated boxes and GPUs are not asked,
nor is every transform of a library. Shown are the laws' own samples: another size or seed may find more.
"""


def page(results: Sequence[Found]) -> str:
    """Return the page."""
    return "\n".join(_lines(results)) + "\n"


def _lines(results: Sequence[Found]) -> Iterator[str]:
    yield from _HEAD.splitlines()
    present = [found for found in results if not found.missing]
    for found in results:
        if found.missing:
            yield f"{found.peer} was not asked: {found.missing} is not installed."
    asked = {found.peer for found in results}
    for column in COLUMNS:
        if column.name not in asked:
            yield f"{column.name} has not been asked yet: it is a column of the command, and has none here."
    yield from ("", "## Versions", "", "| column | versions | transforms |", "|---|---|---|")
    for found in present:
        versions = ", ".join(f"{name} {version}" for name, version in found.versions.items())
        yield f"| {found.peer} | {versions} | {len({row.transform for row in found.rows})} |"
    yield from ("", "## Laws × libraries", "", f"| law | {' | '.join(found.peer for found in present)} |")
    yield "|---" * (len(present) + 1) + "|"
    for law in peer_laws():
        cells = " | ".join(_cell(found, law.id) for found in present)
        yield f"| {law.id} {law.title} | {cells} |"
    yield from ("", "| law | what holds |", "|---|---|")
    for law in peer_laws():
        yield f"| {law.id} {law.title} | {law.sentence} |"
    notes = {_title(library): note_of(library) for library in all_verdicts()}
    yield from ("", *(f"{title}: {note}\n" for title, note in notes.items() if note))
    yield from _defects(present)
    yield from _excuses(present)


def _cell(found: Found, law: str) -> str:
    cell = cell_of(found, law)
    total = cell.passed + cell.failed + cell.excused + cell.unjudged
    if not total:
        return "–"
    words = []
    if cell.failed:
        words.append(f"**✖ {cell.failed} of {total}**")
    if cell.excused:
        words.append(f"({cell.excused} of {total})")
    if cell.unjudged:
        words.append(f"? {cell.unjudged} of {total}")
    return " ".join(words) or str(cell.passed)


def _defects(results: Sequence[Found]) -> Iterator[str]:
    """Yield one line per script: laws that found the same fault are named together."""
    every = {library: _by_script(verdicts) for library, verdicts in all_verdicts().items()}
    total = sum(len(found) for found in every.values())
    yield from ("", f"## Defects: {total}")
    for library, found in every.items():
        if not found:
            continue
        yield from ("", f"### {_title(library)}: {len(found)}", "")
        for script, verdicts in found.items():
            first = verdicts[0]
            laws = ", ".join(dict.fromkeys(verdict.law for verdict in verdicts))
            columns = [one.peer for one in results if any(verdict in verdicts for _, verdict in judged(one))]
            where = f"; {', '.join(columns)}" if first.engine else ""
            yield (
                f"- **{first.title}** ({laws}{where}). Seen: {first.seen} Expected: {first.expected} "
                f"Why: {first.why} In {first.source}. [Script](report_card/{script}.py)."
            )


def _by_script(verdicts: Sequence[Verdict]) -> dict[str, list[Verdict]]:
    found: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        if verdict.kind == "defect":
            found.setdefault(verdict.script, []).append(verdict)
    return found


def _title(library: str) -> str:
    return {"tf_image": "tf.image", "dm_pix": "dm-pix"}.get(library, library)


def _excuses(results: Sequence[Found]) -> Iterator[str]:
    yield from ("", "## Broken, but not promised", "", "| library | law | transforms | reason |", "|---|---|---|---|")
    for library, verdicts in all_verdicts().items():
        for verdict in verdicts:
            if verdict.kind != "documented":
                continue
            names = sorted({row.transform for found in results for row, one in judged(found) if one is verdict})
            shown = ", ".join(f"`{name}`" for name in names[:4]) + (
                f" and {len(names) - 4} more" if len(names) > 4 else ""
            )
            if names:
                yield f"| {_title(library)} | {verdict.law} | {shown} | {verdict.why} |"
