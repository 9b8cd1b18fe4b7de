# Throughline 贯通. A CPython >= 3.11 and make are all that this needs.
.POSIX:
SHELL = /bin/sh

PYTHONS = python3.12 python3.11 python3.13 python3.14 python3 python
TEST_WORKERS = 2
BIN = .venv/bin

.PHONY: help demo test check up bench clean lock

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

demo: .venv/complete ## the sample portfolio lives its whole life on this machine; then everything stops
	@$(BIN)/python starter.py demo

up: .venv/complete ## Temporal 7233, Temporal UI 8233, API 8080, until Ctrl-C; data stays under .throughline/
	@$(BIN)/python starter.py up

test: check ## every check and every test
	@$(BIN)/python -m pytest -n $(TEST_WORKERS) --dist loadfile --no-loadscope-reorder

check: .venv/complete ## format, lint, types, import contracts
	@$(BIN)/ruff format --check --quiet . || { echo "Run .venv/bin/ruff format . and look at the difference." >&2; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@report=$$($(BIN)/lint-imports 2>&1) || { echo "$$report"; exit 1; }

bench: .venv/complete ## measure the store and the engine
	@$(BIN)/python -m benchmarks

clean: ## remove what the tools made; the environment and your data stay
	@rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis build
	@find . -name .venv -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

lock: ## pin every version again (needs uv)
	@uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-annotate --no-header --upgrade --quiet --output-file requirements.lock

# Made again when the lock changes. The stamp comes last, so that a broken-off installation is not taken for a whole one.
.venv/complete: requirements.lock
	@for python in $(PYTHONS); do \
	    "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
	    python=; \
	done; \
	if [ -z "$$python" ]; then \
	    echo "No CPython 3.11 or later with venv was found: install one (on Debian and Ubuntu also python3-venv) and run make again." >&2; \
	    exit 1; \
	fi; \
	echo "Setting up .venv from requirements.lock ..."; \
	"$$python" -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --no-deps --require-hashes -r requirements.lock
	@touch .venv/complete
