PORT ?= 8000
SHELL := bash
MAKEFLAGS += --no-print-directory
PATH := $(CURDIR)/.venv/bin:$(PATH)
export PATH

.PHONY: lab test bench lint format clean

lab: ## start Faultline and open it (PORT=8000)
	@.ci/setup run
	@exec python manage.py lab --port $(PORT)

test: ## every check and every test
	@.ci/setup test
	@.ci/programs
	@.ci/checks
	@pytest

bench: ## the benchmarks, as a table and as JSON
	@.ci/setup test
	@.ci/programs
	@python -m tests.bench

lint: ## every check, no test
	@.ci/setup test
	@.ci/checks

format: ## bring Python, templates, JavaScript and CSS into the house's form
	@.ci/setup test
	@ruff check --fix --quiet; ruff format
	@git ls-files -z -- 'templates/*.html' | xargs -0 -r djade --target-version 5.2
	@cd static && ../node_modules/.bin/biome check --write .

clean: ## remove what was installed and built, not the data folder
	rm -rf .venv node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
