"""A report's folder: a file of each kind per backend, the failures, and one page over all backends in it."""

from __future__ import annotations

import re
from pathlib import Path

from augspec_conformance.failures import write_failures
from augspec_conformance.order import in_order
from augspec_conformance.report.badge import badge
from augspec_conformance.report.junit import junit
from augspec_conformance.report.markdown import markdown_page
from augspec_conformance.report.model import Report
from augspec_conformance.report.page import page

__all__ = ["PAGE", "read", "rebuild", "write"]

PAGE = "index.html"


def write(report: Report, folder: Path) -> None:
    """Write `<backend>.jsonl`, `.md`, `.xml`, `.svg`, the failures, and the page over all reports in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = re.sub(r"[^\w.+-]+", "_", report.backend).lstrip(".") or "backend"
    texts = {
        "jsonl": report.to_json_lines(),
        "md": markdown_page(report),
        "xml": junit([report]),
        "svg": badge(report),
    }
    for suffix, text in texts.items():
        (folder / f"{stem}.{suffix}").write_text(text, encoding="utf-8")
    write_failures(report, folder)
    rebuild(folder)


def rebuild(folder: Path) -> Path:
    """Write the page over every `*.jsonl` in a folder, and return its path.

    Raises:
        ValueError: there is none, or one of them is not a whole report.
    """
    target = folder / PAGE
    target.write_text(page(read(folder), folder=folder), encoding="utf-8")
    return target


def read(folder: Path) -> list[Report]:
    """Read every `*.jsonl` in a folder, our backends first.

    Raises:
        ValueError: there is none, or one of them is not a whole report.
    """
    reports: list[Report] = []
    for path in sorted(folder.glob("*.jsonl")):
        try:
            reports.append(Report.from_json_lines(path.read_text(encoding="utf-8")))
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from error
    if not reports:
        raise ValueError(
            f"{folder}: no *.jsonl in it; `augspec conformance run --report {folder}` writes one per backend"
        )
    places = in_order({report.backend for report in reports})
    return sorted(reports, key=lambda report: places.index(report.backend))
