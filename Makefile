# Bare `make` lists the targets. Everything is installed into .venv, pinned by hash.
# pip brings uv, and uv the rest: it takes a tenth of the time.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
UV := $(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode
CORE := stats market factors screening reporting model
WATCHED := $(shell find src tests config data -type f -not -name '*.pyc')
GENERATED := docs/factors.md docs/cli.md docs/errors.md docs/evidence.md docs/taxonomy.md README.md
LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --no-header \
	--no-annotate --no-emit-index-url --no-strip-extras --quiet

.DEFAULT_GOAL := help
.PHONY: help screen test test-system check coverage format docs columns snapshots pictures bench lowest lock wheel sbom clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

screen: $(VENV)/.screen ## Install, and rank the bundled snapshot
	@$(BIN)/triad screen --source bundled

test: $(VENV)/.dev ## Run all tests, and note which branches they take
	@$(BIN)/python -m pytest -q -n auto $(foreach part,$(CORE),--cov=triad_screener.$(part)) \
		--cov-branch --cov-report=

test-system: $(VENV)/.dev ## Open pages and letters in a real browser
	@$(BIN)/python -m pytest -q -n auto tests/system

check: $(VENV)/.dev ## Check form, types, contracts, documentation and coverage of the core
	@$(BIN)/ruff format --check --quiet src tests bench
	@$(BIN)/ruff check --quiet src tests bench
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache > .lint-imports.log || { cat .lint-imports.log; exit 1; }
	@rm -f .lint-imports.log
	@$(BIN)/python -m cogapp --check -p "" $(GENERATED)
	@$(MAKE) --no-print-directory coverage

.coverage: $(VENV)/.dev $(WATCHED)
	@$(MAKE) --no-print-directory test

coverage: .coverage ## Demand full branch coverage of the core, by the newest test run
	@$(BIN)/coverage report --fail-under=100 --skip-covered

COMPILE := from triad_screener.shipped import shipped; \
from triad_screener.sources.bundled import connect; \
from triad_screener.taxonomies import loading; \
known = loading.load(shipped('config/triad.yaml')); \
connect().compile(known.constituents, known.benchmarks)

format: $(VENV)/.dev ## Format the code and mend what a machine can
	@$(BIN)/ruff format --quiet src tests bench
	@$(BIN)/ruff check --fix --quiet src tests bench

docs: $(VENV)/.dev ## Write the generated parts of the documentation
	@$(BIN)/python -m cogapp -r -p "" $(GENERATED)

columns: $(VENV)/.dev ## Compile the bundled figures to columns, after a change of them
	@$(BIN)/python -c "$(COMPILE)"

snapshots: $(VENV)/.dev ## Accept the present output as the expected one
	@$(BIN)/python -m pytest -q tests --accept

pictures: $(VENV)/.dev ## Draw the pictures of the README
	@$(BIN)/python bench/pictures.py

bench: $(VENV)/.dev ## Measure times as ratios to bare imports, and growth
	@$(BIN)/python -m compileall -q src # as an installation is
	@$(BIN)/python bench/bench.py
	@$(BIN)/python bench/attribution.py
	@$(BIN)/python bench/scoring.py

lowest: $(VENV)/.dev ## Run the tests with the lowest versions that are allowed
	@rm -rf .venv-lowest && $(PYTHON) -m venv .venv-lowest
	@$(BIN)/uv pip install --quiet --python .venv-lowest/bin/python --resolution lowest-direct . "pytest>=8.3" "pandas>=2.2.3" "scipy>=1.14" "jsonschema[format]>=4.23"
	@.venv-lowest/bin/python -m pytest -q tests

lock: $(VENV)/.dev ## Pin the newest versions that are allowed
	@$(BIN)/$(LOCK) --group install --upgrade --output-file requirements-install.txt
	@$(BIN)/$(LOCK) pyproject.toml --group build --upgrade --output-file requirements.txt
	@$(BIN)/$(LOCK) pyproject.toml --group dev --upgrade --output-file requirements-dev.txt

wheel: $(VENV)/.dev ## Build the wheel and try it in an environment of its own
	@rm -rf dist .venv-wheel
	@$(BIN)/python -m hatchling build -t wheel
	@$(PYTHON) -m venv .venv-wheel
	@.venv-wheel/bin/python -m pip --disable-pip-version-check install --quiet dist/*.whl
	@cd / && "$(CURDIR)/.venv-wheel/bin/triad" screen --source bundled --top 3 --quiet
	@rm -rf .venv-wheel

sbom: $(VENV)/.dev ## List what an installation is made of, as CycloneDX: dist/sbom.json
	@mkdir -p dist
	@$(BIN)/uv tool run --quiet --from "cyclonedx-bom>=7,<8" cyclonedx-py requirements \
		requirements.txt --pyproject pyproject.toml --output-reproducible --of JSON \
		--output-file dist/sbom.json

clean: ## Remove what was built
	@rm -rf $(VENV) .venv-* dist .coverage .mypy_cache .ruff_cache .pytest_cache

$(VENV)/.made: requirements-install.txt
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) --require-hashes -r requirements-install.txt
	@touch $@

$(VENV)/.screen: $(VENV)/.made requirements.txt pyproject.toml
	@$(UV) --require-hashes -r requirements.txt
	@$(UV) --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q src
	@touch $@

$(VENV)/.dev: $(VENV)/.screen requirements-dev.txt
	@$(UV) --require-hashes -r requirements-dev.txt
	@touch $@
