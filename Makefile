# Every target does its own set-up. `make demo` and `make test` are all a user needs.
PY ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo test check bench chaos clean parts

$(BIN)/.installed: pyproject.toml requirements.lock
	@test -x $(BIN)/python || $(PY) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.lock -e .
	@touch $@

$(BIN)/.installed-dev: pyproject.toml requirements.lock
	@test -x $(BIN)/python || $(PY) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.lock -e '.[dev]'
	@touch $@ $(BIN)/.installed

demo: $(BIN)/.installed  ## sample leads from all three doors through the embedded pipeline
	@$(BIN)/leadstream demo

parts: $(BIN)/.installed-dev  ## Kafka's jars, Redis, Prometheus, Alertmanager, Chromium: what the tests talk to
	@$(BIN)/python -m tests.parts.install

test: parts  ## everything CI runs, on real parts
	@$(BIN)/python -m pytest

check: $(BIN)/.installed-dev  ## types, lint, format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: $(BIN)/.installed-dev
	@$(BIN)/python -m benchmarks

chaos: parts
	@$(BIN)/python -m pytest -m slow tests/chaos

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .parts .leadstream
