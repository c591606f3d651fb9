# `make demo` and `make test` do all their own set-up: they need Python 3.11 or newer and nothing else.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check lint types layers coverage docs pictures fix clean

demo: .venv/.runs
	@$(BIN)/acimedic demo

test: .venv/.tests
	$(BIN)/coverage run -m pytest -q

check: lint types layers test coverage

lint: .venv/.tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.tests
	$(BIN)/mypy
	$(BIN)/mypy function_app.py

layers: .venv/.tests
	$(BIN)/lint-imports

# The share of lines and branches that the tests have run.
coverage: test
	$(BIN)/coverage report --fail-under=90

docs: .venv/.tests
	$(BIN)/python -m docs.generate

# The pictures of the pages, taken with Chromium.
pictures: .venv/.tests
	$(BIN)/python -m docs.pictures

fix: .venv/.tests
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv build dist *.egg-info .coverage .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

.venv/bin/python:
	$(PYTHON) -m venv .venv

# What running it needs.
.venv/.runs: .venv/bin/python requirements.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

# What testing it needs on top. The worker library asks for Python 3.13 and runs on 3.11, hence the two switches.
.venv/.tests: .venv/.runs requirements-dev.txt requirements-worker.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --ignore-requires-python --no-deps -r requirements-worker.txt
	@touch $@
