# `make demo` and `make test` do all their own set-up: they need Python 3.11 or newer and nothing else.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check security audit lint types layers check-infra package coverage docs pictures bench soak fuzz fix clean

demo: .venv/.runs
	@$(BIN)/acimedic demo

# A file's tests stay in one process, in their order; tests/conftest.py says how many processes, and what begins first.
TESTS := -m pytest -q -n auto --dist loadfile --no-loadscope-reorder
# What goes through the same lines hundreds of times: measuring it would take longest and tell least.
AGAIN_AND_AGAIN := tests/whole tests/rights tests/infra tests/browser tests/faults tests/bench tests/lifecycle/test_crash.py
REST := $(addprefix --ignore=,$(AGAIN_AND_AGAIN))

test: .venv/.tests
	$(BIN)/python $(TESTS)

# Two at a time, since two environments are made for it; the tests then have the machine to themselves.
check:
	@$(MAKE) --jobs=2 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target) lint security types layers check-infra
	@$(MAKE) test

lint: .venv/.tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# What should not be done in code, beside ruff's own rules; what is left out says why where it stands.
security: .venv/.tests
	$(BIN)/bandit --quiet --recursive acimedic checks remediation function_app.py infra/hooks

# Known faults of what is installed to run it and of what the checks install: asks the Python package index.
audit: .venv/.audit
	.venv/audit/bin/pip-audit --progress-spinner off --requirement requirements.txt
	.venv/audit/bin/pip-audit --progress-spinner off --requirement requirements-dev.txt

types: .venv/.tests
	$(BIN)/mypy
	$(BIN)/mypy function_app.py
	MYPYPATH=infra/hooks $(BIN)/mypy infra/hooks/*.py

layers: .venv/.tests
	$(BIN)/lint-imports

# What lies in infra/, without a Bicep compiler: names, types and bodies by our own check, then checkov's rules, then
# what Azure's own people look for in a Function App.
check-infra: .venv/.tests .venv/.infra
	$(BIN)/python -m tests.infra.checking
	.venv/infra/bin/checkov --config-file .checkov.yaml
	.venv/infra/bin/azure-functions-doctor doctor --path . --profile deploy --hosting-plan flex-consumption --target-python 3.12

# What is released: the app as a zip that `func` and `az` deploy with a remote build, what it is made of as CycloneDX,
# and the checksums of both. SBOM tools want other versions of what the app is made of, hence an environment of their own.
package: .venv/.sbom
	rm -rf dist && mkdir dist
	$(BIN)/python .ci/package.py dist
	$(PYTHON) -m venv --clear --without-pip .venv/runtime
	$(BIN)/python -m pip --python .venv/runtime/bin/python install --quiet --disable-pip-version-check -r requirements.txt
	.venv/sbom/bin/cyclonedx-py environment .venv/runtime --pyproject pyproject.toml --of JSON --output-reproducible -o dist/acimedic.cdx.json
	cd dist && sha256sum *.zip *.cdx.json > SHA256SUMS

# The share of lines and branches that the tests run; measuring doubles their time, hence apart from `check`.
coverage: .venv/.tests
	@$(BIN)/coverage erase
	$(BIN)/coverage run $(TESTS) $(REST)
	@$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --fail-under=90

docs: .venv/.tests
	$(BIN)/python -m docs.generate

# Figures beside their targets; nothing else may run on the machine meanwhile.
bench: .venv/.tests
	$(BIN)/python -m bench

# Hours full of events in one process, one after another: ten minutes; 1 where anything grows.
soak: .venv/.tests
	$(BIN)/python -m bench.soak

# Every parser with N inputs, guided by what they reach; it takes about an hour. `PARSERS="event image"` names some.
N ?= 100000
fuzz: .venv/.fuzz
	.venv/fuzz/bin/python -m tests.fuzz $(N) $(PARSERS)

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

# Tools that want other versions of what the app is made of, in an environment of their own; most of it is never
# imported, hence not compiled.
INFRA_PIP := $(BIN)/python -m pip --python .venv/infra/bin/python install --quiet --disable-pip-version-check --no-compile
.venv/.infra: .venv/bin/python requirements-infra.txt requirements-dev.txt
	$(PYTHON) -m venv --without-pip .venv/infra
	$(INFRA_PIP) -r requirements-infra.txt
	$(INFRA_PIP) --no-deps "$$(grep '^pycep-parser==' requirements-dev.txt)"
	@touch $@

.venv/.audit: .venv/bin/python requirements-audit.txt
	$(PYTHON) -m venv .venv/audit
	.venv/audit/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-audit.txt
	@touch $@

.venv/.sbom: .venv/bin/python requirements-release.txt
	$(PYTHON) -m venv .venv/sbom
	.venv/sbom/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-release.txt
	@touch $@

.venv/.fuzz: .venv/bin/python requirements-fuzz.txt requirements.txt
	$(PYTHON) -m venv .venv/fuzz
	.venv/fuzz/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-fuzz.txt
	@touch $@
