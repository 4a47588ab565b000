"""The suite as pytest tests: `pytest --pyargs augspec_conformance --augspec-backend NAME`."""
