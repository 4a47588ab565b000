"""The laws, for every installed backend and mode, from a checkout."""

from augspec_conformance.tests.test_laws import test_law, test_search

__all__ = ["test_law", "test_search"]
