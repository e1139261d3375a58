# The recipes of the house. `make` alone lists them.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.limu-ready
WORKERS ?= 2
# A program that starts as ten processes is compiled once.
unexport PYTHONDONTWRITEBYTECODE
export LIMU_SAMPLES ?= $(abspath ../shared/data)

.PHONY: help setup demo test check format bench map lock browser clean

help:  ## lists these recipes
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 12

setup: $(STAMP)  ## makes .venv from the locked lists

$(STAMP): requirements-dev.lock requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv 2>/dev/null || $(PYTHON) -m venv --clear --without-pip .venv
	@echo "Setting up .venv from requirements-dev.lock" >&2
	@pip() { if test -x $(BIN)/pip; then $(BIN)/python -m pip "$$@"; else $(PYTHON) -m pip --python $(BIN)/python "$$@"; fi; }; \
	  pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements-dev.lock && \
	  pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -qq -j $(WORKERS) .venv/lib || true  # pip would compile with one processor alone
	@touch $@

demo: setup  ## starts a demonstration city on 127.0.0.1:8000; Ctrl-C stops all of it
	@LIMU_HOME="$${LIMU_HOME:-$(CURDIR)/.limu}" $(BIN)/limu demo

test: check browser  ## runs check and every test, browser tests included
	$(BIN)/python -m pytest -n $(WORKERS)

check: setup  ## format, lint, types, import contracts
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy --num-workers $(WORKERS) limu tests
	$(BIN)/lint-imports

format: setup  ## puts the code into its form
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

bench: setup  ## prints the benchmarks, each against its limit
	$(BIN)/limu bench all

map: setup  ## writes docs/map.md and docs/commands.md from the code
	$(BIN)/python tools/map.py
	$(BIN)/python tools/commands.py

lock: setup  ## renews both locks from the .in files (needs uv)
	uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-header --no-emit-index-url \
	  --no-emit-find-links requirements-dev.in -o requirements-dev.lock
	uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-header --no-emit-index-url \
	  --no-emit-find-links -c requirements-dev.lock requirements.in -o requirements.lock

browser: setup  ## brings Debian's Chromium and a Chinese font when they are absent and we are root
	@if ! command -v chromium >/dev/null || [ ! -d /usr/share/fonts/opentype/noto ]; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	      chromium fonts-noto-cjk >/dev/null; \
	  else echo "No Chromium here: install chromium and fonts-noto-cjk, the browser tests need them." >&2; fi; fi

clean:  ## removes what was made here, data excepted
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
