# Needs only Python 3.11 or newer (with its venv module) and make.  Another Python: make PYTHON=python3.12 plan

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then echo $$p; exit; fi; done)
# The newest versions that pyproject.toml allows instead of the pinned ones: make test CONSTRAINTS=
CONSTRAINTS ?= -c constraints.txt
VENV := .venv
BIN := $(VENV)/bin
PINS := pyproject.toml constraints.txt

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help plan test style golden nightly app docs screenshots bench inputs format clean

help: ## say what can be made
	@echo "make plan     solve inputs/blueprint.xlsx and write out/blueprint_plan.xlsx"
	@echo "make test     style, types and tests"
	@echo "make golden   accept the plans that the tests guard as they are now: make golden REASON='why they change'"
	@echo "make nightly  the long campaigns: damaged workbooks by the thousand, kills, full disks"
	@echo "make app      start the app in the browser"
	@echo "make docs     build the manual into out/manual, its examples run first with: make docs EXAMPLES=1"
	@echo "make bench    measure times and memory against plain HiGHS and linopy"
	@echo "make inputs   rebuild the workbooks from their CSV tables"
	@echo "make format   put the code into the project's style"
	@echo "make clean    remove everything that make has made"

plan: $(VENV)/.core
	@mkdir -p out
	@$(BIN)/planner solve inputs/blueprint.xlsx --out out/blueprint_plan.xlsx

# The tests come last, so that their closing line is the last thing that is printed.
test: style
	@echo "Tests ..."
	@$(BIN)/python -m pytest -q -n 2

style: $(VENV)/.test
	@echo "Style ..."
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check . || { echo "Some files are not in the project's style: make format mends that."; exit 1; }
	@echo "Types ..."
	@$(BIN)/mypy

# GOLDEN='t10' accepts only those whose name holds it; the finest grid is accepted only by its name: 'reference, months'.
golden: $(VENV)/.test
	@$(BIN)/python -m tests.golden "$(REASON)" $(if $(GOLDEN),"$(GOLDEN)")

nightly: $(VENV)/.test
	@$(BIN)/python -m pytest -q -n 2 --nightly -m nightly --campaign $(or $(CAMPAIGN),10000)

app: $(VENV)/.app
	@$(BIN)/planner app

# EXAMPLES=1 runs the examples of every page and writes down what they print now.
docs: $(VENV)/.docs
	@$(if $(EXAMPLES),$(BIN)/python -m planner.manual $$(find docs -name '*.md' -not -path 'docs/examples/*' | sort))
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs --quiet build --strict
	@echo "Written: out/manual/index.html"

# The pictures of the manual, taken by the test that drives the browser.
screenshots: $(VENV)/.test
	@MANUAL_IMAGES=docs/images $(BIN)/python -m pytest -q tests/app/e2e/test_browser.py tests/app/e2e/test_access.py

bench: $(VENV)/.bench
	@$(BIN)/python -m bench $(BENCH)

inputs: $(VENV)/.core
	@for folder in inputs/*/; do \
		if [ -f "$${folder}time.csv" ]; then \
			$(BIN)/planner template "$${folder%/}.xlsx" --from "$$folder" --force || exit 1; \
		fi; \
	done

format: $(VENV)/.test
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format .

clean:
	rm -rf $(VENV) out dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# One stamp a set of packages: it is made only when the installation has succeeded.
$(VENV)/.core: WHAT := .
$(VENV)/.test: WHAT := .[test,dev,app,library,team,e2e,docs]
$(VENV)/.app: WHAT := .[app,library]
$(VENV)/.bench: WHAT := .[bench]
$(VENV)/.docs: WHAT := .[docs]

$(VENV)/.core $(VENV)/.test $(VENV)/.app $(VENV)/.bench $(VENV)/.docs: $(PINS)
	@if [ -z "$(PYTHON)" ]; then \
		echo "Python 3.11 or newer is needed, and none was found (python3 is $$(python3 --version 2>&1 || echo absent))."; \
		echo "Install one, or name it: make PYTHON=/path/to/python3.12 plan"; exit 1; fi
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(PYTHON) is $$($(PYTHON) --version 2>&1); Python 3.11 or newer is needed."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) comes without its venv module. On Debian or Ubuntu: sudo apt-get install python3-venv"; exit 1; }
	@if ! $(BIN)/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
		echo "Making $(VENV) ..."; $(PYTHON) -m venv --clear $(VENV); fi
	@echo "Installing (about a minute) ..."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check $(CONSTRAINTS) -e '$(WHAT)' || { \
		echo "The installation failed (see above). Is the package index reachable? The same command tries again."; exit 1; }
	@touch $@
