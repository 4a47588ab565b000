"""`augspec conformance`: check a backend, replay a case, list the laws, try the mutants, rebuild a report's page.

Found through the entry point group `augspec.cli`, and imported only when one of these verbs is used.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

import augspec
from augspec.cli import talk
from augspec.cli.options import Format, FormatOption
from augspec.errors import nearest
from augspec_conformance.peers.verb import show_peers

if TYPE_CHECKING:
    from augspec_conformance.report.model import Report

__all__ = ["app"]

_NEEDS = ("hypothesis", "jsonschema", "pytest")

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Check backends against the laws of the specification.",
    epilog="Exit codes: 0 nothing is broken, 1 a law is broken or a mutant survived, 2 wrong usage.",
)


@app.callback()
def _main() -> None:
    missing = [name for name in _NEEDS if find_spec(name) is None]
    if missing:
        talk.error(f'the suite needs {", ".join(missing)}. Install it with: pip install "augspec[conformance]"')
        raise typer.Exit(2)
    if "" not in sys.path and str(Path.cwd()) not in sys.path:
        sys.path.append(str(Path.cwd()))  # module:attribute needs no installation while it is being written


@contextmanager
def _usage(*errors: type[Exception]) -> Iterator[None]:
    """Say what is wrong with a request, and leave with 2."""
    try:
        yield
    except errors as error:
        talk.error(str(error))
        raise typer.Exit(2) from None


BackendOption = Annotated[
    list[str] | None,
    typer.Option("--backend", metavar="NAME|module:attr", help="Backend to check, several times if need be."),
]
LawOption = Annotated[list[str] | None, typer.Option("--law", metavar="ID", help="Only this law (several times).")]
ModeOption = Annotated[list[str] | None, typer.Option("--mode", metavar="MODE", help="Only this mode (several times).")]
TierOption = Annotated[str, typer.Option("--tier", metavar="TIER", help="How much: kat, smoke or full.")]
ReportOption = Annotated[
    Path | None,
    typer.Option("--report", metavar="DIR", help="Write JSON lines, JUnit, Markdown, badge, failures, index.html."),
]
WaiversOption = Annotated[
    Path | None,
    typer.Option("--waivers", metavar="FILE", help="Known failures, as TOML; they do not count as passed or broken."),
]


@app.command()
def run(
    *,
    backend: BackendOption = None,
    tier: TierOption = "full",
    law: LawOption = None,
    mode: ModeOption = None,
    report: ReportOption = None,
    waivers: WaiversOption = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing but what is wrong with the request.")] = False,
) -> None:
    """Check backends (all installed ones by default), each in a process of its own where there are several."""
    from augspec_conformance.laws import all_laws
    from augspec_conformance.runner import BadRequest, select_laws
    from augspec_conformance.terminal import show_reports

    _known_tier(tier)
    with _usage(BadRequest):
        select_laws(law)
    names = list(dict.fromkeys(backend or _installed()))
    if len(names) == 1:
        reports, crashed = [_check(names[0], tier, law, mode, waivers)], False
    else:
        reports, crashed = _check_apart(names, tier, law, mode, waivers)
    if reports and not quiet:
        show_reports(reports, {entry.id: entry.title for entry in all_laws()})
    if report is not None:
        for found in reports:
            with _usage(OSError, ValueError):
                found.write(report)
        if not quiet:
            talk.note(f"The report is in {report / 'index.html'}")
    if crashed or any(found.failures() for found in reports):
        raise typer.Exit(1)


def _known_tier(tier: str) -> None:
    from augspec_conformance.law import Tier

    if tier not in get_args(Tier):
        raise typer.BadParameter(f"no tier {tier!r}; there are {', '.join(get_args(Tier))}", param_hint="--tier")


def _installed() -> list[str]:
    """Return the backends whose framework is there."""
    from augspec_conformance.order import BUILT_IN, in_order

    found = []
    for name in in_order(augspec.backends()):
        if name in BUILT_IN and find_spec(name) is None:
            talk.note(f"{name} is not installed: not checked")
        else:
            found.append(name)
    return found


def _check(backend: str, tier: Any, laws: list[str] | None, modes: list[str] | None, waivers: Path | None) -> Report:
    from augspec_conformance.runner import BadRequest, check_backend
    from augspec_conformance.terminal import bar
    from augspec_conformance.waivers import read_waivers

    with _usage(OSError, ValueError):
        known = read_waivers(waivers) if waivers else ()
    with _usage(augspec.BackendUnavailable):
        name = getattr(augspec.get_backend(backend), "name", backend)
    # A waiver that matches nothing is an error, unless it is for what was not asked.
    asked = ((laws, "law"), (modes, "mode"), ([name], "backend"))
    mine = [w for w in known if all(only is None or getattr(w, field) in ("", *only) for only, field in asked)]
    with bar(backend) as step, _usage(BadRequest):
        return check_backend(
            backend,
            tier=tier,
            laws=laws,
            modes=modes,
            waivers=mine,
            progress=lambda done, planned, result: step(done, planned, f"{result.mode} {result.law}"),
        )


def _check_apart(
    backends: list[str], tier: str, laws: list[str] | None, modes: list[str] | None, waivers: Path | None
) -> tuple[list[Report], bool]:
    from augspec_conformance.apart import Crashed, check_apart
    from augspec_conformance.runner import BadRequest

    options = ["--tier", tier]
    for name, values in (("--law", laws), ("--mode", modes), ("--waivers", [str(waivers)] if waivers else [])):
        options += [part for value in values or () for part in (name, value)]
    reports: list[Report] = []
    crashed = False
    for name in backends:
        try:
            with _usage(BadRequest):
                reports.append(check_apart(name, options))
        except Crashed as error:
            talk.error(str(error))
            crashed = True
    same = {report.backend for report in reports if sum(other.backend == report.backend for other in reports) > 1}
    if same:
        talk.error(f"several backends are called {', '.join(sorted(same))}: their reports would overwrite each other")
        raise typer.Exit(2)
    return reports, crashed


@app.command()
def replay(
    case: Annotated[str, typer.Argument(metavar="FILE|JSON", help="A failure file, or a case, also as JSON.")],
    law: Annotated[str | None, typer.Option("--law", metavar="ID", help="The law; a failure file has its own.")] = None,
    backend: Annotated[
        str | None,
        typer.Option("--backend", metavar="NAME|module:attr", help="The backend; a failure file has its own."),
    ] = None,
) -> None:
    """Run one case again and say what it comes to."""
    from augspec_conformance.replay import read_case, replayed
    from augspec_conformance.runner import BadRequest

    with _usage(ValueError, OSError):
        failure = read_case(case, law=law, backend=backend)
    with _usage(BadRequest, augspec.BackendUnavailable):
        result = replayed(failure)
    talk.out((result.status, "bold green" if result.status == "passed" else "bold red"))
    if result.message:
        talk.out(result.message)
    if result.status != "passed":
        raise typer.Exit(1)


@app.command()
def laws(format: FormatOption = Format.text) -> None:  # noqa: A002 (the option's name)
    """List the laws: id, title, the specification's labels, and the sentence."""
    from augspec_conformance.laws import all_laws

    if format is Format.json:
        names = ("id", "title", "rules", "sentence", "scope")
        talk.json_out([{name: getattr(law, name) for name in names} for law in all_laws()])
        return
    for law in all_laws():
        talk.out((f"{law.id:<4}", "bold"), f"{law.title}  ", (" ".join(law.rules), "dim"))
        talk.out(f"    {law.sentence}")


@app.command()
def mutants(
    family: Annotated[str | None, typer.Option("--family", metavar="NAME", help="Only this family.")] = None,
    mutant: Annotated[
        list[str] | None, typer.Option("--mutant", metavar="ID", help="Only this one (several times).")
    ] = None,
) -> None:
    """Run the faulty backends against the laws that must find them, and print the kill matrix."""
    from augspec_conformance.mutants import mutants as every
    from augspec_conformance.mutants.run import try_mutant
    from augspec_conformance.terminal import bar, show_matrix

    families = list(dict.fromkeys(entry.family for entry in every()))
    if family is not None and family not in families:
        hint = nearest(family, families)
        raise typer.BadParameter(f"no family {family!r}. {hint} All: {', '.join(families)}", param_hint="--family")
    unknown = sorted(set(mutant or ()) - {entry.id for entry in every()})
    if unknown:
        raise typer.BadParameter(f"no mutant {', '.join(unknown)}", param_hint="--mutant")
    chosen = [m for m in every() if family in (None, m.family) and (not mutant or m.id in mutant)]
    rows = []
    with bar("mutants") as step:
        for number, entry in enumerate(chosen):
            step(number, len(chosen), entry.id)
            rows.append(try_mutant(entry))
    show_matrix(rows)
    if all(row.missing for row in rows):
        talk.error("not one mutant ran: that is no result")
        raise typer.Exit(2)
    if any(not row.killed and not row.missing for row in rows):
        raise typer.Exit(1)


@app.command()
def report(folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder with <backend>.jsonl files.")]) -> None:
    """Rebuild the page over all JSON lines in a folder."""
    from augspec_conformance.report.folder import rebuild

    with _usage(OSError, ValueError):
        talk.out(str(rebuild(folder)))


app.command(name="peers", help="Print the report card of other libraries; with --run, ask them first.")(show_peers)


if __name__ == "__main__":
    app(prog_name="augspec conformance")
