# Everything starts here, on a machine with only python3 (3.11 or newer) and make; `make` alone lists what there is.
#
# What a target needs is installed by lock on its first run and remembered by stamps, so the second run starts at once.
# The environment lives in .venv, the web assets in kiosk/design/built; `make clean` takes both away again.

PYTHON ?= python3
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
ASSETS := kiosk/design/built/stamp
COMPILE_LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: help demo test bench docs soak lock clean setup-demo setup-test
# Each step of a set-up needs the one before it.
.NOTPARALLEL:

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

demo: setup-demo ## run the whole system here with a simulated box: make demo ARGS="--port 9000 --dir x"
	@exec $(BIN)/kentongan demo $(ARGS)

test: setup-test ## run every check: lint, types, import rules, tests, browser
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m pytest -n 3 --dist loadscope --no-loadscope-reorder -m "not soak" $(ARGS)

bench: setup-test ## measure, one table of ratios against the peers that can be installed
	$(BIN)/python -m benchmarks $(ARGS)

docs: setup-test ## take the manual's pictures anew from the running demonstration
	$(BIN)/python -m docs.pictures $(ARGS)

soak: setup-test ## keep the system under faults for many minutes
	@$(PYTHON) -m deploy.setup.system_packages --soak
	$(BIN)/python -m pytest -m soak -rP $(ARGS)

lock: setup-test ## resolve the dependencies anew: make lock ARGS=--upgrade takes newer ones
	$(COMPILE_LOCK) --extra dev --output-file requirements/dev.lock $(ARGS)
	$(COMPILE_LOCK) --extra demo --constraint requirements/dev.lock --output-file requirements/run.lock $(ARGS)
	$(BIN)/python -m deploy.assets --lock

setup-demo: $(VENV)/run.stamp $(ASSETS) ## install what the demonstration needs

setup-test: $(VENV)/dev.stamp $(ASSETS) ## install what the tests need
	@$(PYTHON) -m deploy.setup.system_packages

clean: ## remove everything that make has made
	rm -rf $(VENV) kiosk/design/built tests/.assets build dist *.egg-info .hypothesis .import_linter_cache .mypy_cache \
		.pytest_cache .ruff_cache test-results

$(VENV)/run.stamp: requirements/run.lock pyproject.toml
	@$(PYTHON) -m deploy.setup.environment requirements/run.lock
	@touch $@

# What the tests need includes what the demonstration needs, in the same versions.
$(VENV)/dev.stamp: requirements/dev.lock pyproject.toml
	@$(PYTHON) -m deploy.setup.environment requirements/dev.lock
	@touch $(VENV)/run.stamp $@

$(ASSETS): package.json package-lock.json deploy/assets.py
	@$(BIN)/python -m deploy.assets
	@touch $@
