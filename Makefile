# augspec: `make` lists the targets. Python 3.11 or newer and make are all that a clean clone needs.

# The interpreter that the environments are made from: python3.11 where it runs, else python3.
ifndef PYTHON
PYTHON := $(shell for p in python3.11 python3; do \
    $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; break; }; done)
endif
ifeq ($(strip $(PYTHON)),)
$(error No Python of version 3.11 or newer found; name one: make PYTHON=/path/to/python3.11)
endif

# Order of the tests (pytest-randomly): fixed, so that a failure comes back; `make test SEED=7` shuffles anew.
SEED ?= 1
# How many processes test at once; the laws of one backend take up to 4 GB each.
JOBS ?= 2
# More options for every pytest run, for example PYTEST_FLAGS="-k rotate".
PYTEST_FLAGS ?=
# A folder of photographs for `make demo`; without it, the ones that scikit-image carries.
PHOTOS ?=

# Options for `make bench`.
BENCH_FLAGS ?=

# The checkout must not come before the wheel that is tested.
unexport PYTHONPATH

VENV := .venv
# What the host engine compiles in tests stays in the checkout.
export AUGSPEC_CACHE := $(CURDIR)/$(VENV)/machine_code
DEMO_VENV := .venv-demo
DEV_VENV := .venv-dev

# Pinned versions everywhere; constraints.txt is the set that was tested.
PIN := -c constraints.txt
# $(call pip,ENVIRONMENT): quiet, but not silent about trouble.
pip = $(1)/bin/python -m pip install --quiet --disable-pip-version-check $(PIN)

# What ends up in the wheel. Folders are listed too: deleting a file changes its folder.
PACKAGES := spec/augspec backends/augspec_backends conformance/augspec_conformance
SOURCES := $(shell find $(PACKAGES) -name __pycache__ -prune -o -print) pyproject.toml README.md LICENSE

# Several processes share the cores: a thread that has nothing to do must sleep, not spin (torch's: four times as slow).
PYTEST := OMP_WAIT_POLICY=passive $(VENV)/bin/pytest --randomly-seed=$(SEED) $(PYTEST_FLAGS)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test suites lint format bench dev wheel clean distclean laws-host laws-numpy laws-torch laws-jax laws-tensorflow

help:  ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

demo: $(DEMO_VENV)/.installed  ## Augment photographs into demo/contact_sheet.png (PHOTOS=folder for your own)
	$(DEMO_VENV)/bin/python examples/demo.py $(if $(PHOTOS),--photos "$(PHOTOS)")

test: lint suites  ## Check everything against the built wheel: style, types, layers, every test on every framework
	@echo "make test: all checks and all tests passed, on the built wheel $$(basename dist/augspec-*.whl)"

lint: $(VENV)/.wheel  ## Check style (ruff), types (mypy) and layers (import-linter)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

# One process for each backend's laws: nobody sees the global state that another framework left behind, and memory for
# compiled code is given back. `pytest conformance` runs all of the laws in one process as well.
# The host engine's come first: what it compiles is on disk when the other backends' mode `host` needs it.
LAWS := laws-host laws-tensorflow laws-jax laws-torch laws-numpy
suites: $(VENV)/.wheel $(if $(filter test,$(MAKECMDGOALS)),lint)
	$(PYTEST) -n $(JOBS) spec/tests
	$(PYTEST) -n $(JOBS) backends/tests
	$(PYTEST) -n $(JOBS) conformance --ignore=conformance/tests/test_laws.py
	$(MAKE) --no-print-directory -j $(JOBS) --output-sync=target $(LAWS)
	$(PYTEST) -n $(JOBS) tests --ignore=tests/test_benchmarks.py
	$(PYTEST) tests/test_benchmarks.py

# Not for the command line: they take the wheel as it is.
$(filter-out laws-tensorflow,$(LAWS)): laws-%:
	$(PYTEST) conformance/tests/test_laws.py --backend $*

# TensorFlow keeps every program that XLA compiled for as long as the process lives: three processes, 8 GB at most.
COMPILED := compiled-N or compiled-F or compiled-J or compiled-B9
laws-tensorflow:
	$(PYTEST) conformance/tests/test_laws.py --backend tensorflow -k "not compiled"
	$(PYTEST) conformance/tests/test_laws.py --backend tensorflow -k "compiled and ($(COMPILED))"
	$(PYTEST) conformance/tests/test_laws.py --backend tensorflow -k "compiled and not ($(COMPILED))"

format: $(VENV)/.dependencies  ## Format the code and apply the safe fixes
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

bench: $(VENV)/.wheel  ## Time us beside the other libraries
	$(call pip,$(VENV)) --group bench
	$(VENV)/bin/python -m benchmarks $(BENCH_FLAGS)

dev: $(DEV_VENV)/.installed  ## Make .venv-dev, with the checkout installed editable
	@echo "make dev: ready; activate it with: . $(DEV_VENV)/bin/activate"

wheel: $(VENV)/.wheel  ## Build dist/augspec-*.whl and install it into .venv

clean:  ## Remove what the other targets made, except for the environments
	rm -rf $(VENV)/.wheel dist demo failures conformance-report .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name '.venv*' -prune -o -type d -name __pycache__ -exec rm -rf {} +

distclean: clean  ## Remove the environments as well
	rm -rf $(VENV) $(DEMO_VENV) $(DEV_VENV)

# Environments. A stamp inside each says that it is complete; an interrupted install leaves none and is resumed.

# --group needs a newer pip than the one Python 3.11 brings along.
$(VENV)/.dependencies: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(call pip,$(VENV)) --upgrade pip
	$(call pip,$(VENV)) --group dev
	touch $@

# The tests import the installed wheel: a file that the wheel leaves out is a failure here, not at a user's.
$(VENV)/.wheel: $(VENV)/.dependencies $(SOURCES)
	rm -rf dist
	$(VENV)/bin/python -m build --wheel --no-isolation --outdir dist > $(VENV)/build.log 2>&1 \
	    || { cat $(VENV)/build.log; exit 1; }
	$(call pip,$(VENV)) --no-deps --force-reinstall dist/augspec-*.whl
	$(call pip,$(VENV)) "$$(echo dist/augspec-*.whl)[cli,conformance]"
	$(VENV)/bin/python -m pip check
	$(VENV)/bin/python -I -c "import augspec, sys; assert augspec.__file__.startswith(sys.prefix), augspec.__file__"
	touch $@

# The light default: NumPy and the command line, no framework. scikit-image carries the photographs.
$(DEMO_VENV)/.installed: constraints.txt $(SOURCES)
	$(PYTHON) -m venv $(DEMO_VENV)
	$(call pip,$(DEMO_VENV)) ".[cli]" scikit-image
	touch $@

$(DEV_VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(DEV_VENV)
	$(call pip,$(DEV_VENV)) --upgrade pip
	$(call pip,$(DEV_VENV)) --group dev --editable ".[cli,conformance]"
	touch $@
