"""In a checkout the suite's options have short names, and the laws are collected through conformance/tests."""

from __future__ import annotations

import pytest

collect_ignore = ["augspec_conformance"]


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    # Without an installed wheel (a source tree on the path) nobody has loaded the plugin yet.
    if not any(
        getattr(plugin, "__name__", "") == "augspec_conformance.plugin" for plugin in pluginmanager.get_plugins()
    ):
        pluginmanager.import_plugin("augspec_conformance.plugin")
    from augspec_conformance.plugin import TIERS

    group = parser.getgroup("augspec")
    group.addoption("--backend", dest="augspec_backend", action="append", help="short for --augspec-backend")
    group.addoption("--tier", dest="augspec_tier", choices=TIERS, help="short for --augspec-tier")
    group.addoption("--waivers", dest="augspec_waivers", metavar="FILE", help="short for --augspec-waivers")
    group.addoption("--seed", dest="augspec_seed", metavar="N|random", help="short for --augspec-seed")
    group.addoption("--report", dest="augspec_report", metavar="DIR", help="short for --augspec-report")
