# Autonome: every target installs what it needs. Start with: make up
.DEFAULT_GOAL := help
.PHONY: help install up replay dashboard test check screenshots bench clean lock migration openapi kill-test soak unattended oracle-test

PYTHON ?= python3
BIN := .venv/bin
ROUNDS ?= 200
SEEDS ?= 500
MINUTES ?= 60
INSTALLED := .venv/installed
INSTALLED_DEV := .venv/installed-dev
INSTALLED_ORACLE := .venv/installed-oracle

help:  ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1\t\2/' | expand -t 14

$(INSTALLED): requirements.lock pyproject.toml tools/install.sh
	@PYTHON=$(PYTHON) tools/install.sh requirements.lock
	@touch $@

$(INSTALLED_DEV): requirements-dev.lock pyproject.toml tools/install.sh
	@PYTHON=$(PYTHON) tools/install.sh requirements-dev.lock
	@touch $@ $(INSTALLED)

$(INSTALLED_ORACLE): requirements-oracle.lock pyproject.toml tools/install.sh
	@PYTHON=$(PYTHON) tools/install.sh requirements-oracle.lock
	@touch $@ $(INSTALLED_DEV) $(INSTALLED)

install: $(INSTALLED)  ## Install Autonome into .venv
	@echo "Installed: $(BIN)/autonome --help"

dashboard: $(INSTALLED)  ## Build the dashboard, when its sources are newer than the build
	@tools/dashboard.sh

up: $(INSTALLED)  ## Run an arena by itself, on paper, until Ctrl-C
	@tools/dashboard.sh || echo "Going on without the dashboard."
	@$(BIN)/autonome up

replay: $(INSTALLED)  ## Replay the synthetic market and print the leaderboard
	@$(BIN)/autonome replay

test: $(INSTALLED_DEV)  ## Run every test that can run on this machine
	@tools/dashboard.sh || echo "Going on without the dashboard: what looks at it is skipped."
	@$(BIN)/python -m pytest -n auto --dist loadgroup
	@tools/dashboard.sh check

check: $(INSTALLED_DEV)  ## Check format, lint, types and the order of the repository
	@$(BIN)/ruff format --check src tests bench
	@$(BIN)/ruff check src tests bench
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -q tests/tidy

screenshots: $(INSTALLED_DEV)  ## Take the pictures of docs/dashboard.md anew
	@tools/dashboard.sh
	@PYTHONPATH=tests $(BIN)/python -m e2e.browser.pictures

bench: $(INSTALLED_DEV)  ## Measure; prints ratios and seconds, writes nothing
	@$(BIN)/python -m bench

kill-test: $(INSTALLED_DEV)  ## Kill servers, owners and writers ROUNDS times each (200)
	@$(BIN)/python -m pytest -m kill --kill-rounds $(ROUNDS)

soak: $(INSTALLED_DEV)  ## Let SEEDS paper arenas (500) live a day with faults at every port
	@$(BIN)/python -m pytest -n auto tests/simulation/paper/test_paper_faults.py -k whatever --soak-seeds $(SEEDS)

unattended: $(INSTALLED_DEV)  ## Leave an arena with nasty models alone for MINUTES (60), then audit it
	@$(BIN)/python -m pytest tests/e2e/test_up_command.py -k nasty --unattended-minutes $(MINUTES)

oracle-test: $(INSTALLED_ORACLE)  ## Compare scripted trips with two other engines (installs both: 1 GB)
	@$(BIN)/python -m pytest tests/simulation/oracle

lock: $(INSTALLED_DEV)  ## Pin the newest versions of every dependency (needs uv)
	@tools/lock.sh

openapi: $(INSTALLED)  ## Print the description of the API
	@$(BIN)/python -m autonome.web.openapi

migration: $(INSTALLED_DEV)  ## Write the migration that a new variant needs
	@$(BIN)/python -m autonome.ledger.migrations.generate

clean:  ## Remove what was built; data is kept (see docs/operating.md)
	rm -rf .venv build dist src/autonome/web/dist web/node_modules .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} +
