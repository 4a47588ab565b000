"""The report card: every defect is still there, every broken row is judged, and the page is what the command prints."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
from typer.testing import CliRunner

from augspec.cli.app import app
from augspec_conformance.peers.laws import peer_laws
from augspec_conformance.peers.page import page
from augspec_conformance.peers.results import judged, load
from augspec_conformance.peers.scripts import groups, shown
from augspec_conformance.peers.verdict import all_verdicts

DOCS = Path(__file__).parents[2] / "docs"
FOLDER = DOCS / "report_card"
NEEDS = {
    "torchvision": ("torchvision", "torch"),
    "kornia": ("kornia", "torch"),
    "albumentations": ("albumentations", "cv2"),
    "keras": ("keras",),
    "tf_image": ("tensorflow",),
    "augmax": ("augmax", "jax"),
    "dm_pix": ("dm_pix", "jax"),
}
SCRIPTS = [(library, engine, name) for (library, engine), names in groups().items() for name in names]
# One engine is enough here, the other ones cost a minute; `--run` asks them all.
ENGINES = ("", "torch")


@pytest.mark.parametrize(
    ("library", "engine"),
    [pytest.param(*one, id=" ".join(filter(None, one))) for one in groups() if one[1] in ENGINES],
)
def test_every_defect_is_still_there(library: str, engine: str) -> None:
    missing = [package for package in (*NEEDS[library], *((engine,) if engine else ())) if find_spec(package) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} is not installed; the scripts need it")
    found = shown(FOLDER, groups()[library, engine], engine=engine)
    gone = [one for one in found if one.status != 1 or "defect: " not in one.output]
    assert not gone, "\n".join(f"{one.name} left with {one.status}: is the defect gone?\n{one.output}" for one in gone)


def test_every_script_belongs_to_a_finding_and_is_short() -> None:
    assert {path.stem for path in FOLDER.glob("*.py")} == {name for _, _, name in SCRIPTS}
    for path in FOLDER.glob("*.py"):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len(lines) <= 40, path.name
        assert lines[0].startswith('"""'), path.name
        assert "augspec" not in path.read_text(encoding="utf-8"), path.name


def test_findings_are_complete() -> None:
    laws = {law.id for law in peer_laws()}
    for library, verdicts in all_verdicts().items():
        for verdict in verdicts:
            assert verdict.law in laws, (library, verdict)
            assert verdict.why, (library, verdict)
            if verdict.kind == "defect":
                told = (verdict.title, verdict.seen, verdict.expected, verdict.source, verdict.script)
                assert all(told), (library, verdict)
            else:
                assert not verdict.script, (library, verdict)


def test_nothing_broken_is_left_unjudged() -> None:
    unjudged = [(one.peer, row) for one in load() for row, verdict in judged(one) if verdict is None]
    assert unjudged == []


def test_every_defect_was_met_by_its_law() -> None:
    met = {id(verdict) for one in load() for _, verdict in judged(one)}
    idle = [verdict.title for verdicts in all_verdicts().values() for verdict in verdicts if id(verdict) not in met]
    assert idle == []


def test_the_page_is_what_the_command_prints() -> None:
    assert (DOCS / "report_card.md").read_text(encoding="utf-8") == page(load())


def test_the_verb_prints_the_page() -> None:
    done = CliRunner().invoke(app, ["conformance", "peers"])
    assert done.exit_code == 0, done.output
    assert done.stdout == page(load())
