# LACSS Twin: every task a developer or a user needs. `make help` lists them.
SHELL   := /bin/bash
VENV    := .venv
BIN     := $(VENV)/bin
PYTHON  ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
             "$$p" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
             && { echo "$$p"; break; }; done)
PIP     := $(BIN)/python -m pip --disable-pip-version-check -qq
ROOMS   := twin dashboards process_models

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test lint type bench soak clean lock

help:  ## list the tasks
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(VENV)/.installed  ## make .venv with the locked packages and the command lacss

$(VENV)/.installed: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed (python3 -m venv must work)" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "setup: installing the locked packages into $(VENV) (a few minutes the first time)"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@echo "setup: compiling the exact engine, once (a minute or two)"
	@$(BIN)/python -m twin.recursion && $(BIN)/python -m twin.forecasting.ahead
	@touch $@

setup-dev: setup $(VENV)/.installed-dev

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@echo "setup: installing the development packages"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

run: setup  ## the main job: reference plant, twin and dashboards (ARGS=--once for one simulated week)
	@exec $(BIN)/lacss run $(ARGS)

test: setup-dev  ## lint, types and every test
	@$(BIN)/python tools/find_components.py
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile $(ARGS)

lint: setup-dev  ## ruff, check only
	@$(BIN)/ruff check .

type: setup-dev  ## mypy, strict
	@$(BIN)/mypy

bench: setup-dev  ## measure speed and memory against named peers and limits
	@$(BIN)/python -m benchmarks $(ARGS)

soak: setup-dev  ## the long campaigns (kills, floods) whose short forms are in the tests
	@LACSS_SOAK=1 $(BIN)/python -m pytest -q -m soak --timeout 7200 $(ARGS)

lock: setup-dev  ## resolve the packages anew into the two lock files
	@$(PIP) install uv
	@$(BIN)/uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q --extra build pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q --extra build --extra dev pyproject.toml -c requirements.lock -o requirements-dev.lock

clean:  ## remove .venv, caches and build output; stored data (.lacss) stays
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
