"""Reports: what was executed, with which result, for programs, for CI and for people; nothing passes silently."""

from __future__ import annotations

from augspec_conformance.report.markdown import markdown_table
from augspec_conformance.report.model import BROKEN, STATUSES, Report, Result

__all__ = ["BROKEN", "STATUSES", "Report", "Result", "markdown_table"]
