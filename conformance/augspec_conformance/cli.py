"""`augspec conformance`: check a backend, replay a case, list the laws, try the mutants, rebuild a report's page.

Found through the entry point group `augspec.cli`, and imported only when one of these verbs is used.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, get_args

import typer

import augspec
from augspec.bind import capabilities
from augspec.cli import talk
from augspec.cli.options import Format, FormatOption
from augspec_conformance import teeth_cli
from augspec_conformance.peers.verb import show_peers

if TYPE_CHECKING:
    from augspec_conformance.report.model import Report

__all__ = ["app"]

_NEEDS = ("hypothesis", "jsonschema", "packaging", "pytest")

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
TierOption = Annotated[
    str, typer.Option("--tier", metavar="TIER", help="How much: kat, smoke, full, stat, stress or explore.")
]
SeedOption = Annotated[
    str | None,
    typer.Option(
        "--seed",
        metavar="N|random",
        help="Run seed: other keys, ids and pixels; 0 is the pinned run [default: 0, for the tier explore a new one].",
    ),
]
BudgetOption = Annotated[
    float | None,
    typer.Option("--budget", metavar="SECONDS", help="Of the tier explore: time for each backend [default: 60]."),
]
PoliciesOption = Annotated[
    int | None,
    typer.Option(
        "--policies",
        metavar="N",
        min=1,
        help="Of the tier explore: so many policies, each op in its share of them, instead of a time.",
    ),
]
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
    seed: SeedOption = None,
    budget: BudgetOption = None,
    policies: PoliciesOption = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing but what is wrong with the request.")] = False,
) -> None:
    """Check backends (all installed ones by default), each in a process of its own where there are several.

    Each failure is a file that `replay` runs again: in DIR/failures, or in ./failures without --report.
    """
    from augspec_conformance.failures import write_failures
    from augspec_conformance.laws import all_laws
    from augspec_conformance.runner import BadRequest, select_laws
    from augspec_conformance.seeds import read_seed
    from augspec_conformance.terminal import show_reports

    _known_tier(tier)
    with _usage(BadRequest):
        select_laws(law)
    names = list(dict.fromkeys(backend or _installed()))
    with _usage(ValueError):
        run_seed = read_seed(seed or ("random" if tier == "explore" else "0"))
    limits = {"--budget": budget, "--policies": policies}
    asked = _Asked(tier, law, mode, waivers, run_seed, _budget(tier, limits, waivers), policies)
    if tier == "explore" and not quiet:
        limit = f"--budget {asked.budget:g}" if policies is None else f"--policies {policies}"
        talk.note(f"explore: --seed {asked.seed} {limit}")
    elif seed == "random" and not quiet:
        talk.note(f"The run seed is {asked.seed}")
    if len(names) == 1:
        reports, crashed = [_check(names[0], asked)], False
    else:
        reports, crashed = _check_apart(names, asked)
    for found in reports:
        with _usage(OSError, ValueError):
            if report is not None:
                found.write(report)
            elif found.failures():
                write_failures(found, Path())
    if reports and not quiet:
        show_reports(reports, {entry.id: entry.title for entry in all_laws()}, report or Path())
        if report is not None:
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
        if name in BUILT_IN and capabilities(name)[1]:
            talk.note(f"{name} is not installed: not checked")
        else:
            found.append(name)
    return found


class _Asked(NamedTuple):
    """What `run` was asked for, of each backend."""

    tier: Any
    laws: list[str] | None
    modes: list[str] | None
    waivers: Path | None
    seed: int
    budget: float | None
    policies: int | None

    def options(self) -> list[str]:
        """Return it as options of `run`."""
        found = ["--tier", self.tier]
        several = (("--law", self.laws), ("--mode", self.modes))
        single = (
            ("--waivers", self.waivers),
            ("--seed", self.seed),
            ("--budget", self.budget),
            ("--policies", self.policies),
        )
        given = [*several, *((name, [] if value is None else [str(value)]) for name, value in single)]
        return found + [part for name, values in given for value in values or () for part in (name, value)]


def _budget(tier: str, limits: dict[str, float | None], waivers: Path | None) -> float | None:
    """Return the budget of an exploration; None for another tier, and where a number of policies ends it."""
    given = [name for name, value in limits.items() if value is not None]
    if tier != "explore":
        if given:
            raise typer.BadParameter("only the tier explore has a budget or a number of policies", param_hint=given[0])
        return None
    if len(given) > 1:
        raise typer.BadParameter("a time ends it, or a number of policies: say one", param_hint=" ".join(given))
    if waivers is not None:
        raise typer.BadParameter("the tier explore looks for what nobody knows yet", param_hint="--waivers")
    if limits["--policies"] is not None:
        return None
    return 60.0 if limits["--budget"] is None else limits["--budget"]


def _check(backend: str, asked: _Asked) -> Report:
    from augspec_conformance.runner import BadRequest, check_backend
    from augspec_conformance.terminal import bar
    from augspec_conformance.waivers import read_waivers

    with _usage(OSError, ValueError):
        known = read_waivers(asked.waivers) if asked.waivers else ()
    with _usage(augspec.BackendUnavailable):
        name = getattr(augspec.get_backend(backend), "name", backend)
    if asked.policies is not None:
        return _ask_population(backend, asked.policies, asked)
    if asked.budget is not None:
        return _explore(backend, asked.budget, asked)
    # A waiver that matches nothing is an error, unless it is for what was not asked.
    which = ((asked.laws, "law"), (asked.modes, "mode"), ([name], "backend"))
    mine = [w for w in known if all(only is None or getattr(w, field) in ("", *only) for only, field in which)]
    with bar(backend) as step, _usage(BadRequest):
        return check_backend(
            backend,
            tier=asked.tier,
            laws=asked.laws,
            modes=asked.modes,
            waivers=mine,
            seed=asked.seed,
            progress=lambda done, planned, result: step(done, planned, f"{result.mode} {result.law}"),
        )


def _explore(backend: str, budget: float, asked: _Asked) -> Report:
    from augspec_conformance.explore import explore
    from augspec_conformance.runner import BadRequest
    from augspec_conformance.terminal import bar

    with bar(backend) as step, _usage(BadRequest):
        return explore(
            backend,
            seed=asked.seed,
            budget=budget,
            laws=asked.laws,
            modes=asked.modes,
            progress=lambda spent, all_of_it, word: step(int(min(spent, all_of_it)), int(all_of_it), word),
        )


def _ask_population(backend: str, count: int, asked: _Asked) -> Report:
    from augspec_conformance.population import ask_population
    from augspec_conformance.runner import BadRequest
    from augspec_conformance.terminal import bar

    with bar(backend) as step, _usage(BadRequest):
        return ask_population(backend, count=count, seed=asked.seed, laws=asked.laws, modes=asked.modes, progress=step)


def _check_apart(backends: list[str], asked: _Asked) -> tuple[list[Report], bool]:
    from augspec_conformance.apart import Crashed, check_apart
    from augspec_conformance.runner import BadRequest

    reports: list[Report] = []
    crashed = False
    for name in backends:
        try:
            with _usage(BadRequest):
                reports.append(check_apart(name, asked.options()))
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
def report(folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder with <backend>.jsonl files.")]) -> None:
    """Rebuild the page over all JSON lines in a folder."""
    from augspec_conformance.report.folder import rebuild

    with _usage(OSError, ValueError):
        talk.out(str(rebuild(folder)))


app.command()(teeth_cli.mutants)
app.command()(teeth_cli.necessity)
app.command()(teeth_cli.grades)
app.command()(teeth_cli.calibrate)
app.command(name="peers", help="Print the report card of other libraries; with --run, ask them first.")(show_peers)


if __name__ == "__main__":
    app(prog_name="augspec conformance")
