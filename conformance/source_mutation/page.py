"""The page docs/mutation_score.md, from the results and the verdicts on what survived."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from source_mutation.operators import KINDS
from source_mutation.results import FILE, Row, history, read_rows
from source_mutation.targets import FOLDERS, ROOT, changes_of, mutants_of, targets
from source_mutation.trial import KILLED, STATUSES

__all__ = ["PAGE", "Verdict", "page", "read_verdicts", "standing", "untriaged"]

PAGE = ROOT / "docs/mutation_score.md"
_VERDICTS = Path(__file__).with_name("triage.toml")
_WORDS = {
    "equivalent": "Survivors that no input tells from the source",
    "elsewhere": "Survivors that NumPy never runs: laws on other frameworks do, and they are not asked here",
    "gap": "Survivors that only a new check would notice",
    "open": "Survivors of the few checks that they were asked, not looked into yet",
}

_HEAD = """\
# Mutation score

By `python -m source_mutation page`, from stored results and verdicts; nothing here is written by hand.

One place of the source is changed at a time, and laws and tests run until one fails. What survives is something that
the suite does not see. Changed are the language (`spec/`), the readable kernels and the NumPy backend (`backends/`),
and the oracle (`conformance/`), all of which the NumPy backend alone can judge.
"""

_HOW = """\
## How it is run

From a checkout, in the environment of `make dev`:

```text
python -m source_mutation cover     # which check runs which lines: every check once, traced
python -m source_mutation cover --tests spec/tests/test_limits.py     # of a file of tests, or --laws N1, alone
python -m source_mutation phases    # unchanged, checks pass; with every function of a file raising, some fail
python -m source_mutation run       # tries what has no result yet; stop and resume at any time
python -m source_mutation run --again     # tries again what survived and is not equivalent, after new checks
python -m source_mutation run --again --ids ID --checks spec/tests/test_limits.py::test_both   # by one test or law
python -m source_mutation page      # writes this page
```

Each change runs in a forked process of its own with NumPy alone, 90 seconds of processor time at most. A function gets
its changed code in place; what runs at import is imported anew. Only checks that run the changed lines are asked, the
strongest first: the pinned corpus, laws against published values and the float64 ideal, then the other laws, then
tests, those named after the file before others; of each as many of the fastest as a budget of time allows. A survivor
has survived these, not everything: the full tier asks more. Tests that start processes, measure time, need another
framework or search with Hypothesis are not asked.

The sample follows from the source alone: per file about ten changes, more of kernels and of random bits, fewer of ops,
of tools and of the command line, one of each kind after the other. Texts of errors, docstrings, annotations without
constraints, assertions and exports are not changed.
"""


@dataclass(frozen=True)
class Verdict:
    """What was found about a change that survived.

    Attributes:
        id: the change's.
        verdict: "equivalent", "elsewhere", "gap" or "open".
        why: one line.
    """

    id: str
    verdict: str
    why: str


def read_verdicts(path: Path = _VERDICTS) -> dict[str, Verdict]:
    """Return the verdicts by id.

    Raises:
        ValueError: a verdict is no known word, gives no reason, or is there twice.
    """
    entries = tomllib.loads(path.read_text(encoding="utf-8")).get("change", []) if path.exists() else []
    found: dict[str, Verdict] = {}
    for entry in entries:
        one = Verdict(**entry)
        if one.verdict not in _WORDS or not one.why or one.id in found:
            raise ValueError(f"{path.name}: {one}: a verdict is {' or '.join(_WORDS)}, has a reason, and stands once")
        found[one.id] = one
    return found


def untriaged(rows: dict[str, Row], verdicts: dict[str, Verdict]) -> tuple[list[str], list[str]]:
    """Return survivors without a verdict, and verdicts on what did not survive."""
    alive = {name for name, row in rows.items() if row.survived}
    return sorted(alive - set(verdicts)), sorted(set(verdicts) - alive)


def standing() -> dict[str, Row]:
    """Return the results of changes that the source still allows, by id."""
    there = {change.id for target in targets() for change in changes_of(target)}
    return {name: row for name, row in read_rows().items() if name in there}


def page() -> str:
    """Return docs/mutation_score.md."""
    rows, verdicts = standing(), read_verdicts()
    lines = [
        _HEAD,
        _state(rows),
        *_table(rows.values(), verdicts),
        "",
        *_kinds(rows.values()),
        "",
        _HOW,
        *_phases(),
    ]
    for verdict, title in _WORDS.items():
        lines += _list(title, [(rows[v.id], v.why) for v in verdicts.values() if v.verdict == verdict and v.id in rows])
    lines += _list("Survivors without a verdict yet", [(rows[name], "") for name in untriaged(rows, verdicts)[0]])
    lines += _list(
        "Survivors of the first checks asked, killed since by a new check or by one that was not asked then",
        [(row, note) for row, note in _mended() if row.id in rows],
    )
    return "\n".join(lines).rstrip() + "\n"


def score(rows: Iterable[Row], equivalent: int = 0) -> str:
    """Return killed / (killed + survived), without those that nothing can kill."""
    counts = Counter("survived" if row.survived else row.status for row in rows)
    judged = counts[KILLED] + counts["survived"] - equivalent
    return f"{100 * counts[KILLED] / judged:.1f} %" if judged else "–"


def _state(rows: dict[str, Row]) -> str:
    chosen = {mutant.id for target in targets() for mutant in mutants_of(target)}
    rest = chosen - set(rows)
    files = sum(1 for target in targets() if mutants_of(target))
    possible = sum(len(changes_of(target)) for target in targets())
    return (
        f"The {files} files allow {possible} such changes; a sample of {len(chosen)} is tried.\n"
        + (f"{len(rest)} of the sample have no result yet.\n" if rest else "All of the sample have a result.\n")
        + f"The score is of the {len(rows)} that have been tried and that the source still allows;\n"
        "a result stays while its place stands as it was, whatever has changed around it.\n"
    )


def _table(rows: Iterable[Row], verdicts: dict[str, Verdict]) -> Iterator[str]:
    yield "| folder | tried | killed | of these by another exception | survived | equivalent | neither | score | score without equivalents |"  # fmt: skip # noqa: E501
    yield "|---|---|---|---|---|---|---|---|---|"
    every = list(rows)
    for folder in [*FOLDERS, ""]:
        ours = [row for row in every if folder in ("", row.folder)]
        alive = [row for row in ours if row.survived]
        killed = [row for row in ours if row.status == KILLED]
        equal = sum(row.id in verdicts and verdicts[row.id].verdict == "equivalent" for row in alive)
        cells = [f"`{folder}`" if folder else "**all**", len(ours), len(killed)]
        cells += [sum(row.how == "errored" for row in killed), len(alive), equal, len(ours) - len(killed) - len(alive)]
        yield f"| {' | '.join(str(cell) for cell in [*cells, score(ours), score(ours, equal)])} |"
    neither = Counter(row.status for row in every if not row.survived and row.status != KILLED)
    words = "; ".join(f"{count} {name} ({STATUSES[name].partition(';')[0]})" for name, count in sorted(neither.items()))
    yield ""
    yield f"Score: killed of killed and survived. Neither: {words or 'none'}."


def _kinds(rows: Iterable[Row]) -> Iterator[str]:
    every = list(rows)
    yield "| kind | what it does | tried | killed | survived |"
    yield "|---|---|---|---|---|"
    for kind, words in KINDS.items():
        ours = [row for row in every if row.kind == kind]
        killed, alive = sum(row.status == KILLED for row in ours), sum(row.survived for row in ours)
        yield f"| {kind} | {words} | {len(ours)} | {killed} | {alive} |"


def _phases() -> Iterator[str]:
    path = FILE.with_name("phases.json")
    if path.exists():
        found = json.loads(path.read_text(encoding="utf-8"))
        unseen = ", ".join(found["unseen"]) or "none"
        yield (
            f"Phases: {found['clean']} checks without a change, functions swapped and modules imported anew: "
            f"{'all pass' if not found['broken'] else 'some fail'}. Every function raising, in {found['forced']} "
            f"files one by one: {'all are noticed' if not found['unseen'] else 'not noticed in ' + unseen}.\n"
        )


def _mended() -> Iterator[tuple[Row, str]]:
    for rows in history():
        if rows[-1].status == KILLED and any(row.survived for row in rows[:-1]):
            yield rows[-1], f"`{rows[-1].by}`"


def _list(title: str, found: list[tuple[Row, str]]) -> list[str]:
    if not found:
        return []
    lines = [f"## {title}", "", "| where | source | changed | note |", "|---|---|---|---|"]
    for row, note in sorted(found, key=lambda one: (one[0].file, one[0].line, one[0].id)):
        where = f"{row.file}:{row.line} {row.function.rpartition('.')[2]} ({row.id})"
        reach = "no check runs it. " if row.status == "unreached" else ""
        lines.append(f"| {where} | {_code(row.before)} | {_code(row.after)} | {reach}{note} |")
    return [*lines, ""]


def _code(text: str) -> str:
    shown = text if len(text) <= 90 else f"{text[:89]}…"
    return f"`{shown}`".replace("|", "\\|")
