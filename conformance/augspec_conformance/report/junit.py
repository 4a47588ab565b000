"""JUnit XML, as CI systems read it: one test suite per backend and mode."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from augspec_conformance.report.model import Report, Result
from augspec_conformance.report.table import columns, seconds_of

__all__ = ["junit", "xml_text"]

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, not even escaped."""

_TAGS = {
    "failed": "failure",
    "xpassed": "failure",
    "errored": "error",
    "waived": "skipped",
    "unproven": "skipped",
    "not-run": "skipped",
    "not-claimed": "skipped",
}


def junit(reports: Sequence[Report]) -> str:
    """Return the reports as JUnit XML.

    A broken law is a `failure`, and so is a case that passes against a waiver; an exception is an `error`. What is
    waived, unproven, not run or not claimed is `skipped`, with its reason: JUnit has no other word for what did not
    pass and did not fail.
    """
    root = ET.Element("testsuites", name="augspec conformance")
    for column in columns(reports):
        results = [result for result in column.report.results if result.mode == column.mode]
        suite = ET.SubElement(root, "testsuite", {"name": xml_text(column.title), **_totals(results)})
        facts = ET.SubElement(suite, "properties")
        executed, planned = column.progress
        said = {**column.report.facts, "executed": executed, "planned": planned}
        for name, value in (("tier", column.report.tier), *sorted(said.items())):
            ET.SubElement(facts, "property", name=xml_text(name), value=xml_text(str(value)))
        for result in results:
            suite.append(_case(column.title, result))
    for name, value in _totals([result for report in reports for result in report.results]).items():
        root.set(name, value)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _totals(results: Sequence[Result]) -> dict[str, str]:
    tags = Counter(_TAGS.get(result.status, "") for result in results)
    return {
        "tests": str(len(results)),
        "failures": str(tags["failure"]),
        "errors": str(tags["error"]),
        "skipped": str(tags["skipped"]),
        "time": f"{seconds_of(results):.3f}",
    }


def _case(title: str, result: Result) -> ET.Element:
    # The digest keeps names apart: cases of one law may share a name.
    name = " ".join(part for part in (result.case, f"[{result.digest}]" if result.digest else "") if part)
    element = ET.Element(
        "testcase",
        classname=xml_text(f"{title.replace('.', '_').replace(' ', '.')}.{result.law}"),
        name=xml_text(name or result.law),
        time=f"{result.seconds:.4f}",
    )
    if result.status != "passed":
        word = result.status.replace("-", " ")
        said = result.message.strip() or word
        short = said if result.status == "failed" else f"{word}: {said}"
        child = ET.SubElement(element, _TAGS[result.status], message=xml_text(_reason(short)), type=result.status)
        child.text = xml_text(said)
    return element


def _reason(message: str) -> str:
    """Return the first two lines: the law's sentence and what was found."""
    return " — ".join(line.strip() for line in message.splitlines()[:2])


def xml_text(text: str) -> str:
    """Return the text without what XML cannot hold."""
    return _NOT_XML.sub("\ufffd", text)
