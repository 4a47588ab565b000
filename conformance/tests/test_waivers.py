"""Waivers: they end, they have a witness, they waive what they name and nothing else, and none counts as passed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import augspec_conformance.waivers as module
from augspec_backends.numpy.backend import Backend
from augspec_conformance.law import Case
from augspec_conformance.laws import all_laws
from augspec_conformance.mutants.geometry import TurnsClockwise
from augspec_conformance.parametrize import parametrize_laws
from augspec_conformance.report import Report
from augspec_conformance.runner import check_backend
from augspec_conformance.waivers import Waiver

B2 = next(law for law in all_laws() if law.id == "B2")


class Mirrors(Backend):
    """Takes the first sample of a batch of uint8 for all of them, where it rotates."""

    name = "mirrors"

    def compile(self, policy: Any, **options: Any) -> Any:
        inner = super().compile(policy, **options)
        turns = any(op.tag == "rotate" for op in policy.ops) and len(policy.ops) == 1

        class Wrapped:
            policy = inner.policy

            def __call__(self, key: Any, sample: Any, index: Any = None, **more: Any) -> Any:
                out = inner(key, sample, index, **more)
                if turns and str(out["image"].dtype) == "uint8":
                    out["image"][:] = out["image"][:1]
                return out

        return Wrapped()


WITNESS = Case(policy={"augspec": 1, "ops": [{"op": "rotate", "degrees": 20}]}).to_json()
WAIVER = Waiver("B2", "known", "augspec>=99", WITNESS, "todo", case="op:rotate small-u8")


def checked(*waivers: Waiver, backend: Any = None) -> Report:
    return check_backend(backend or Mirrors(), laws=["B2"], waivers=waivers)


def fault(report: Report) -> str:
    (found,) = [result for result in report.results if result.kind == "waiver"]
    assert found.status == "errored"
    assert not report.passed
    return found.message


def test_the_named_case_is_waived_and_does_not_count_as_passed():
    assert checked().counts()["failed"] == 1
    report = checked(WAIVER)
    assert report.counts()["waived"] == 1
    assert not report.failures()
    assert not report.passed
    assert report.held() == ()


def test_a_covered_case_that_passes_is_an_error():
    report = checked(replace(WAIVER, case="op:ro*"), replace(WAIVER, case="op:contrast *"))
    found = {result.case: result.status for result in report.failures()}
    assert found["op:contrast small-u8"] == "xpassed"
    assert "let it name fewer cases" in report.failures()[0].message
    assert report.progress[0] == report.progress[1]


def test_another_failure_than_the_waived_one_is_a_failure():
    report = checked(replace(WAIVER, raises="no such words"))
    assert report.counts()["failed"] == 1
    assert "its witness fails otherwise" in fault(report)


def test_a_witness_must_fail_first():
    passing = replace(WAIVER, witness=Case().to_json())
    report = checked(passing)
    assert "its witness passed: the failure is gone" in fault(report)
    assert report.counts()["failed"] == 1, "a waiver without a witness waives nothing"
    assert "cannot be read" in fault(checked(replace(WAIVER, witness="nowhere.json")))
    other = '{"law": "P1", "backend": "mirrors", "case": {}}'
    assert "is of the law P1" in fault(checked(replace(WAIVER, witness=other)))
    elsewhere = Case(mode="compiled").to_json()
    assert "is of the mode 'compiled'" in fault(checked(replace(WAIVER, witness=elsewhere)))


def test_a_failure_file_is_a_witness(tmp_path: Path):
    checked().write(tmp_path)
    (path,) = (tmp_path / "failures").iterdir()
    assert checked(replace(WAIVER, witness=str(path))).counts()["waived"] == 1


def test_a_waiver_that_has_expired_is_an_error():
    assert "it has expired: augspec" in fault(checked(replace(WAIVER, until="augspec>=0.0.1")))
    assert "no_such_package is not installed" in fault(checked(replace(WAIVER, until="no_such_package>=1")))


def test_tensorflow_cpu_stands_in_for_tensorflow(monkeypatch: pytest.MonkeyPatch):
    def version(name: str) -> str:
        if name != "tensorflow-cpu":
            raise module.PackageNotFoundError(name)
        return "2.22.1"

    monkeypatch.setattr(module, "version", version)
    assert "tensorflow 2.22.1 is installed" in replace(WAIVER, until="tensorflow>=2.22").ended()
    assert replace(WAIVER, until="tensorflow>=2.23").ended() == ""


def test_a_waiver_that_matches_nothing_is_an_error():
    assert "matched nothing" in fault(checked(replace(WAIVER, case="op:none *")))
    assert "matched nothing" in fault(checked(replace(WAIVER, law="P1")))


def test_until_is_a_requirement_with_a_version():
    with pytest.raises(ValueError, match="no requirement"):
        replace(WAIVER, until="next spring")
    with pytest.raises(ValueError, match="names no version"):
        replace(WAIVER, until="tensorflow")


@pytest.mark.parametrize(
    ("waiver", "says"),
    [(WAIVER, ""), (replace(WAIVER, until="augspec>=0.0.1"), "expired"), (replace(WAIVER, case="x"), "covers no case")],
    ids=("in order", "expired", "idle"),
)
def test_parametrized_laws_know_waivers(waiver: Waiver, says: str):
    (check,) = parametrize_laws(Mirrors(), laws=["B2"], waivers=[waiver]).args[1]
    if says:
        with pytest.raises(AssertionError, match=f"{says}|B2 "):
            check()
    else:
        check()


def test_a_mutant_is_shrunk_to_one_op_and_a_plain_probe():
    report = check_backend(TurnsClockwise(), laws=["N1"])
    first = next(result for result in report.failures())
    case = Case.model_validate_json(first.shrunk)
    assert len(case.policy["ops"]) == 1
    assert case.targets == ("image",)
    assert "shrunk in" in first.message
    assert len(first.shrunk) < len(first.case_json)
    assert not any(result.shrunk for result in report.failures()[1:]), "one of a law in a mode is enough"
