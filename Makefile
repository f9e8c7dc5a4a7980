# make demo | make test: bootstrap everything from python3, pip, cargo; idempotent, second runs take seconds.
PY   ?= python3
VENV := .venv
BIN  := $(VENV)/bin
KSRC := platform/Cargo.toml platform/crates.lock $(shell find platform/src -name '*.rs')
KSO  := platform/python/cybermiles/platform/_kernel.abi3.so
MEMBERS := dsl chain catalog runtime studio
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test check lint rust-test py-test fuzz bench wheels tools docs doctor able clean

demo: $(KSO)            ## the golden thread on a fresh solo node
	@$(BIN)/runtime demo

test: able check rust-test py-test fuzz   ## everything CI runs

check: $(KSO)           ## formatting, lint, types, layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy -p cybermiles.platform $(foreach m,$(MEMBERS),-p cybermiles.$(m))
	@cargo fmt --check --manifest-path platform/Cargo.toml
	@cargo clippy -q --all-targets --manifest-path platform/Cargo.toml -- -D warnings

rust-test: platform/Cargo.lock
	@cargo test -q --manifest-path platform/Cargo.toml

py-test: $(KSO) tools
	@$(BIN)/python -m pytest -q -n 2 --durations=10 --durations-min=5

fuzz: $(KSO)            ## every decoder of outside bytes, for a bounded time (scripts/fuzz SECONDS: for longer)
	@scripts/fuzz 30

tools:                  ## CometBFT and Chromium for the integration tests
	@tests/components/install

bench: $(KSO)
	@$(BIN)/python -m tests.benchmarks

wheels: $(VENV)/.ready platform/Cargo.lock
	@$(BIN)/python -m pip wheel -q --no-deps -w dist ./platform .

docs: $(KSO)            ## the pages that are generated
	@$(BIN)/python -m cybermiles.dsl.errors docs/errors
	@$(BIN)/python -m cybermiles.dsl.reference docs/language/library.md
	@$(BIN)/python -m cybermiles.dsl.script_reference docs/language/script.md
	@$(BIN)/python scripts/bytecode-doc

doctor:                 ## says what is missing
	@scripts/doctor

able:
	@scripts/doctor test

# 1. environment: again whenever a pyproject changes (also builds the native module)
$(VENV)/.ready: pyproject.toml platform/pyproject.toml platform/Cargo.lock
	@echo 'setting up $(VENV) (minutes the first time, seconds afterwards)'
	@test -x $(BIN)/python || $(PY) -m venv $(VENV)
	@$(BIN)/python -m pip install -q -e ./platform -e '.[dev]'
	@touch $@
# 2. native module: again whenever a Rust source changes
$(KSO): $(KSRC) | $(VENV)/.ready
	@. $(BIN)/activate && maturin develop -q --release --skip-install -m platform/Cargo.toml >/dev/null 2>build.log \
		|| { cat build.log; exit 1; }
	@rm -f build.log
	@touch $@
# 3. the lock file: crates.lock is Cargo.lock without its registry lines, which are restored here
platform/Cargo.lock: platform/crates.lock lock.awk
	@scripts/doctor demo
	@scripts/restore-lock

clean:
	rm -rf $(VENV) dist build platform/target $(KSO) platform/Cargo.lock
