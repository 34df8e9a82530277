# What can I type?  `make` lists it.  Nothing here needs more than Python 3.11 and pip.
#
#   setup   .venv with everything in it, the millrace command too; then instant
#   demo    text to video, end to end, in one process      TEXT=path  another text
#   dev     the local stage, with the functions beside the workflows
#   deploy  a stage in an AWS account      STAGE=dev  AWS_ENDPOINT_URL=...  ARGS=...
#   destroy takes it out again; what holds data stays
#   provision, finish  what `chalice deploy --stage dev` needs before it, and after it
#   test    every test, with the coverage gates            ARGS=...   to pytest
#   check   format, lint, types, the fast tests: under two minutes
#   bench   measures; writes docs/performance.md
#   docs    draws the state diagram of docs/architecture.md

VENV := .venv
BIN := $(VENV)/bin
REQUIREMENTS := $(wildcard requirements.txt tests/requirements.txt workflows/requirements.txt)
STAMP := $(VENV)/.requirements
#: What the proofs of deployment need, apart: an emulator of AWS, and Lambda's Python.
APART := $(VENV)/.apart
#: Left to `make test`: many storms and stories, and what is measured.
UNHURRIED := tests/properties tests/budgets
ARGS ?=
STAGE ?= dev
#: Parts in which every branch is tested.
CORE := chalicelib/frozen.py,chalicelib/errors/*,chalicelib/values.py,chalicelib/ports.py,chalicelib/schedules/*,chalicelib/model/*,chalicelib/formats/*,chalicelib/expressions/*,chalicelib/engine/*

.DEFAULT_GOAL := help
.PHONY: help setup apart demo dev deploy destroy provision finish test check bench fmt lint types docs clean

help:
	@sed -n 's/^#   //p' Makefile

setup: $(STAMP)

$(STAMP): $(REQUIREMENTS) Makefile .ci/venv
	@sh .ci/venv $(VENV)
	@echo "Installing into $(VENV); this happens once."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		$(addprefix -r ,$(REQUIREMENTS))
	@printf '#!/bin/sh\nPYTHONPATH="%s" exec "%s" -m chalicelib "$$@"\n' \
		"$(CURDIR)" "$(CURDIR)/$(BIN)/python" > $(BIN)/millrace
	@chmod +x $(BIN)/millrace
	@touch $@

apart: setup $(APART)

$(APART): tests/emulator.txt tests/runtime.txt
	@for name in emulator runtime; do \
		$(BIN)/python -m venv $(VENV)/$$name && \
		$(VENV)/$$name/bin/python -m pip install --quiet \
			--disable-pip-version-check -r tests/$$name.txt || exit 1; \
	done
	@touch $@

demo: setup
	@$(BIN)/python -m chalicelib demo $(if $(TEXT),--text "$(TEXT)")

dev: setup
	@$(BIN)/python -m chalicelib dev

deploy: setup
	@$(BIN)/python -m chalicelib deploy $(STAGE) $(ARGS)

destroy: setup
	@$(BIN)/python -m chalicelib destroy $(STAGE) $(ARGS)

provision: setup
	@$(BIN)/python -m chalicelib provision $(STAGE) $(ARGS)

finish: setup
	@$(BIN)/python -m chalicelib finish $(STAGE) $(ARGS)

test: apart
	@$(BIN)/python -m coverage erase
	@$(BIN)/python -m pytest -n auto --cov --cov-report= $(ARGS)
	@$(BIN)/python -m coverage report --include='$(CORE)' --fail-under=100 --format=total > /dev/null \
		|| { $(BIN)/python -m coverage report --include='$(CORE)'; echo "The core must be covered to 100 %."; exit 1; }
	@$(BIN)/python -m coverage report --fail-under=95 --format=total > /dev/null \
		|| { $(BIN)/python -m coverage report; echo "At least 95 % must be covered."; exit 1; }

check: lint types
	@$(BIN)/python -m pytest -q -n auto -m "not slow" $(UNHURRIED:%=--ignore=%) $(ARGS)

fmt: setup
	@$(BIN)/python -m ruff format .
	@$(BIN)/python -m ruff check --fix-only .

lint: setup
	@$(BIN)/python -m ruff format --check --quiet .
	@$(BIN)/python -m ruff check --quiet .

types: setup
	@$(BIN)/python -m mypy

docs: setup
	@$(BIN)/python -c "from pathlib import Path; \
		from chalicelib.engine.diagram import redrawn; \
		page = Path('docs/architecture.md'); page.write_text(redrawn(page.read_text()))"

bench: apart
	@PYTHONPATH=. $(BIN)/python tests/bench/run.py $(ARGS)

clean:
	@rm -rf $(VENV) .local out .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
