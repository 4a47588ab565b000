"""`python -m augspec_conformance.corpus check | make`: hold the corpus against its manifest, or add to it."""

# ruff: noqa: T201 (a command talks on standard output)

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from augspec_conformance.corpus import FOLDER, Entry, entries, golden, manifest
from augspec_conformance.subject import reference

__all__ = ["check", "main", "make"]


def check() -> list[str]:
    """Return what is wrong with the corpus: lines that changed, and entries that the NumPy reference does not give."""
    found = manifest.problems(FOLDER)
    found += [f"{name}: the NumPy reference gives something else" for name, one in entries().items() if _changed(one)]
    return found


def _changed(one: Entry) -> bool:
    return golden(reference(), one.case) != one


def make(total: int, families: Sequence[str] = ()) -> int:
    """Add entries until there are `total`, or more where faulty backends are found by none; return how many.

    Args:
        total: how many entries there should be.
        families: of these families alone; of all by default.

    Raises:
        ValueError: an entry changed: nothing is written, because what was published holds for ever.
    """
    from augspec_conformance.corpus.candidates import candidates
    from augspec_conformance.corpus.choose import choose

    wrong = check()
    if wrong:
        raise ValueError("the corpus is append-only; put back what was published first:\n" + "\n".join(wrong))
    able = candidates()
    unknown = sorted(set(families) - set(able))
    if unknown:
        raise ValueError(f"no families {', '.join(unknown)}: there are {', '.join(able)}")
    asked = {family: cases for family, cases in able.items() if not families or family in families}
    choice = choose(asked, total, tuple(entries().values()))
    additions = {f"{family}.jsonl": [one.line() for one in ones] for family, ones in choice.entries.items()}
    manifest.append(FOLDER, additions)
    print(
        f"added: {choice.killing} that find faulty backends, {choice.covering} that hold something new, "
        f"{choice.random} at random"
    )
    print(f"faulty backends found: {len(choice.found)}; not found: {len(choice.missed)} ({', '.join(choice.missed)})")
    return sum(len(lines) for lines in additions.values())


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m augspec_conformance.corpus", description=__doc__)
    parser.add_argument("command", choices=("check", "make"))
    parser.add_argument("--total", type=int, default=320, help="how many entries there should be (make)")
    parser.add_argument("--family", nargs="+", default=(), help="add of these families alone (make)")
    given = parser.parse_args(arguments)
    if given.command == "make":
        try:
            print(f"{make(given.total, given.family)} entries added")
        except ValueError as error:
            print(error, file=sys.stderr)
            return 1
        return 0
    wrong = check()
    print("\n".join(wrong) or f"{len(entries())} entries, as published")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
