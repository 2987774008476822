# Every command that the README names. `make` alone lists them.

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
BUILT := .venv/.built
# The databases of the tests are written through to the disk at each commit: a disk in memory saves half of the time.
MEMORY := $(wildcard /dev/shm)
TESTS := PYTEST_DEBUG_TEMPROOT=$(MEMORY) $(BIN)/python -m pytest -n 2
STEPS ?= 10000
REQUESTS ?= 1000000
KILLS ?= 50
GUESSES ?= 1000000
LOCK := $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header --no-annotate \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-rest test-all proof fuzz guess drill audit bom lint types format verify check lock clean

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(BUILT) ## Build the environment in .venv

demo: $(BUILT) ## Start the product with an invented clinic for today
	$(BIN)/screening demo --port $(PORT)

test: $(BUILT) ## Run the quick tests; PYTEST="-k pacemaker" runs some of them
	$(TESTS) -m "quick" $(PYTEST)

test-rest: $(BUILT) ## Run all other tests: PostgreSQL, browser, proofs and drills
	$(TESTS) -m "not quick" $(PYTEST)

test-all: $(BUILT) ## Run every test
	$(TESTS) $(PYTEST)

verify: $(BUILT) ## Prove the safety of the protocol over all answers
	$(BIN)/screening verify

proof: $(BUILT) ## Let a whole clinic play for STEPS=10000 steps, and look at the laws after each
	SCREENING_PROOF_STEPS=$(STEPS) $(TESTS) tests/laws/test_clinic.py $(PYTEST)

fuzz: $(BUILT) ## Send REQUESTS=1000000 generated requests to every page, half of them on each database
	SCREENING_FUZZ_REQUESTS=$(REQUESTS) $(TESTS) tests/attacks/test_fuzz.py $(PYTEST)

drill: $(BUILT) ## Kill the real server KILLS=50 times while patients send their answers
	SCREENING_DRILL_KILLS=$(KILLS) $(TESTS) tests/laws/test_kills.py $(PYTEST)

audit: $(BUILT) ## Ask whether a library has a known weakness (1: it has; 3: nobody could be asked)
	$(BIN)/python .ci/audit.py

bom: $(BUILT) ## Write the bill of materials to build/bom.json
	@mkdir -p build
	$(BIN)/python .ci/bom.py > build/bom.json

guess: $(BUILT) ## Guess at patients' links GUESSES=1000000 times: nothing is found, and all answers are the same
	SCREENING_GUESSES=$(GUESSES) PYTEST_DEBUG_TEMPROOT=$(MEMORY) $(BIN)/python -m pytest tests/intake/test_guessing.py $(PYTEST)

check: lint types verify test-all ## Everything that must pass before a change lands

lint: $(BUILT) ## Look for mistakes, and for files that `make format` would change
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djhtml --check --tabwidth 2 templates

types: $(BUILT) ## Check the types
	$(BIN)/mypy

format: $(BUILT) ## Put the Python files and the templates into the common shape
	$(BIN)/ruff check --fix --exit-zero .
	$(BIN)/ruff format .
	-$(BIN)/djhtml --tabwidth 2 templates

lock: $(BUILT) ## Choose exact versions anew for the requirements*.in lists
	$(BIN)/python -m pip install --quiet pip-tools
	$(LOCK) --upgrade --output-file requirements.txt requirements.in
	$(LOCK) --upgrade --output-file requirements-dev.txt requirements-dev.in
	sed -i.bak -e '/^--/d' -e '/^#/d' -e '/./,$$!d' requirements.txt requirements-dev.txt
	rm requirements.txt.bak requirements-dev.txt.bak

clean: ## Remove the environment and what tools left behind
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

# Built again whenever the lists of what it holds change.
$(BUILT): requirements.txt requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "This needs Python 3.11 or later. Name one with: make PYTHON=python3.12 setup"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || { \
		echo "Python's venv module is missing. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet -r requirements.txt -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
