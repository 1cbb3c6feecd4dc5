# Every target does its own set-up. `make demo` and `make test` are all a user needs.
PY ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo test check fast bench bench-fast chaos clean parts

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
	@$(BIN)/python -m pytest -n auto --dist loadfile

check: $(BIN)/.installed-dev  ## types, lint, format; what we are built of, and what is known against it
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m tests.parts.audit

# A copy of the product with its pure rooms compiled; the tree itself stays Python. Without a C compiler it is a plain copy.
ROOMS := leads matchers routing stores streams gateway leadstream
build/fast/.made: $(BIN)/.installed-dev setup.py $(shell find $(ROOMS) -type f -not -name '*.pyc')
	@rm -rf build/fast build/lib* build/bdist*
	@LEADSTREAM_COMPILE=1 $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --target build/fast .
	@touch $@

fast: build/fast/.made  ## half the CPU a lead: PYTHONSAFEPATH=1 PYTHONPATH=build/fast .venv/bin/python -m leadstream worker

bench: $(BIN)/.installed-dev
	@$(BIN)/python -m benchmarks

bench-fast: fast  ## what is about speed, with the pure rooms compiled
	@PYTHONSAFEPATH=1 PYTHONPATH=build/fast:. $(BIN)/python -m benchmarks embedded distributed growth profile

chaos: parts
	@$(BIN)/python -m pytest -m slow tests/chaos tests/fuzz tests/leadstream tests/stores

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .parts .leadstream
