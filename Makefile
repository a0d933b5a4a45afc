# Two commands need no introduction: `make demo` and `make test`. Both set everything up first,
# inside this folder, from Python 3.11 and the package registries alone.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
AUDIT := .venv-audit
ROOT := $(CURDIR)

# anvil and forge from node_modules, the compiler from npm's solc; nothing asks a question.
export PATH := $(ROOT)/$(BIN):$(ROOT)/tools/bin:$(PATH)
export SOLCX_BINARY_PATH := $(ROOT)/tools/solc
export PYTHONPATH :=
export PIP_NO_INPUT := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

SOLIDITY := $(shell find contracts -name '*.sol' -not -path '*/.cache/*' 2>/dev/null)
FORGE_TESTS := $(shell find tests/solidity -name '*.t.sol' 2>/dev/null)

.PHONY: help
help: ## list the targets
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | awk -F'\t' '{ printf "  make %-10s %s\n", $$1, $$2 }'

# ---------------------------------------------------------------- set-up

.PHONY: setup
setup: $(VENV)/.installed node_modules/.installed ## install everything, locked, into .venv and node_modules

$(VENV)/.uv: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed (make PYTHON=...)")' </dev/null
	$(PYTHON) -m venv --clear $(VENV) </dev/null
	@# uv is bootstrapped at the locked version and hash.
	@sed -n '/^uv==/,/^[^ ]/{/^uv==/p;/^ /p}' requirements.lock > $(VENV)/uv.lock
	$(BIN)/pip install --quiet --require-hashes --requirement $(VENV)/uv.lock </dev/null
	@touch $@

# uv takes seconds where pip takes a minute; pip, which also reads pip.conf, is the way round a uv
# that cannot reach the registry.
$(VENV)/.locked: $(VENV)/.uv requirements.lock
	VIRTUAL_ENV=$(ROOT)/$(VENV) $(BIN)/uv pip install --quiet --require-hashes --requirement requirements.lock </dev/null \
	  || $(BIN)/pip install --quiet --require-hashes --requirement requirements.lock </dev/null
	@touch $@

$(VENV)/.installed: $(VENV)/.locked pyproject.toml
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable . </dev/null
	@touch $@

node_modules/.installed: $(VENV)/.locked package.json package-lock.json .npmrc
	@# Not `npm ci`: it refuses a lock that lacks the binaries of platforms other than the one it was
	@# written on. --no-save keeps the lock as it is; versions and hashes are still the locked ones.
	$(BIN)/npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error </dev/null
	@touch $@

# Everything that deploys reads build/bytecode; it is compiled again only when a contract or a setting changed.
.PHONY: contracts
contracts: setup build/bytecode/.compiled ## compile the contracts, if they changed

build/bytecode/.compiled: $(SOLIDITY) ape-config.yaml tools/abi.py node_modules/.installed $(VENV)/.installed
	$(BIN)/python tools/abi.py </dev/null
	@touch $@

.PHONY: lock
lock: $(VENV)/.uv ## write the lock files anew from pyproject.toml and package.json
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --group dev --generate-hashes \
	  --no-emit-index-url --no-annotate --no-header --output-file requirements.lock pyproject.toml </dev/null
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-annotate --no-header --output-file requirements-audit.lock requirements-audit.in </dev/null
	$(BIN)/npm install --package-lock-only --ignore-scripts --loglevel=error </dev/null
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --extra spark --generate-hashes --constraint requirements.lock \
	  --no-emit-index-url --no-annotate --no-header --output-file requirements-spark.lock pyproject.toml </dev/null
	@! grep -n '"resolved"' package-lock.json
	@! grep -n '://' requirements.lock requirements-audit.lock

.PHONY: spark
spark: setup ## install the extra for Spark (Java 17 must be there: apt-get install openjdk-17-jre-headless)
	VIRTUAL_ENV=$(ROOT)/$(VENV) $(BIN)/uv pip install --quiet --require-hashes --requirement requirements-spark.lock </dev/null

# ---------------------------------------------------------------- use

.PHONY: demo
demo: contracts ## set up, then run the main job on real figures, on the embedded chain
	$(BIN)/cet demo </dev/null

.PHONY: devnet
devnet: contracts ## run a local chain on 127.0.0.1:8545, for `cet … --rpc` and the scripts
	anvil --hardfork cancun </dev/null

# ---------------------------------------------------------------- tests

# A process for each core; a file stays in one, so that it deploys its contracts once.
PARALLEL := --numprocesses auto --dist loadfile

.PHONY: test
test: contracts ## set up, then the fast suites: Solidity unit tests and pytest
	$(if $(FORGE_TESTS),forge test </dev/null)
	$(BIN)/pytest -m "not slow" $(PARALLEL) </dev/null

.PHONY: unit
unit: setup ## the tests that need no chain, in seconds: Ape's pytest plugin is not loaded
	$(BIN)/pytest -q -p no:ape_test tests/unit tests/property </dev/null

.PHONY: fuzz
fuzz: contracts ## the deep suites: long invariant and fuzz runs, slow pytest
	$(if $(FORGE_TESTS),FOUNDRY_PROFILE=ci forge test </dev/null)
	HYPOTHESIS_PROFILE=deep $(BIN)/pytest -m slow $(PARALLEL) </dev/null || [ $$? -eq 5 ] # 5: no test is marked slow

.PHONY: crash
crash: contracts ## the oracle's service over 300 packages while workers, calls, blocks and database die
	$(BIN)/python tools/crash.py </dev/null

.PHONY: check
check: setup ## lint, format, types, layers, ABIs, docs/errors.md and docs/methods.md in step
	$(BIN)/ruff check . </dev/null
	$(BIN)/ruff format --check . </dev/null
	$(BIN)/mypy </dev/null
	$(BIN)/pytest -q -p no:ape_test tests/unit/test_layers.py </dev/null
	$(BIN)/python tools/abi.py --check </dev/null
	$(BIN)/python tools/errors.py --check </dev/null
	$(BIN)/python tools/methods.py --check </dev/null

# ---------------------------------------------------------------- assurance: see docs/assurance.md

# Slither and Halmos have an environment of their own: their dependencies and Ape's do not agree.
$(AUDIT)/.installed: $(VENV)/.uv requirements-audit.lock
	$(PYTHON) -m venv --clear $(AUDIT) </dev/null
	VIRTUAL_ENV=$(ROOT)/$(AUDIT) $(BIN)/uv pip install --quiet --require-hashes --requirement requirements-audit.lock </dev/null \
	  || $(AUDIT)/bin/pip install --quiet --require-hashes --requirement requirements-audit.lock </dev/null
	@touch $@

.PHONY: audit
audit: setup $(AUDIT)/.installed ## Slither's findings against their answers
	PATH=$(ROOT)/$(AUDIT)/bin:$$PATH python tools/slither_check.py </dev/null

.PHONY: proofs
proofs: setup $(AUDIT)/.installed ## the arithmetic core, proved: integers and machine words
	$(AUDIT)/bin/python tools/integer_proofs.py </dev/null
	FOUNDRY_PROFILE=proofs $(AUDIT)/bin/halmos --forge-build-out .cache/forge/proofs/out --match-contract 'Proof$$' \
	  --solver-command '$(AUDIT)/bin/python tools/bitwuzla_smt.py' --solver-timeout-assertion 180s </dev/null

.PHONY: coverage
coverage: setup ## branch coverage of the contracts by the Solidity tests; fails below 95 %
	$(BIN)/python tools/coverage.py </dev/null

.PHONY: mutate
mutate: setup ## small changes to the contracts, one in six of them, and how many the tests notice
	$(BIN)/python tools/mutate.py --share 6 </dev/null

# ---------------------------------------------------------------- products

.PHONY: abi
abi: setup ## write src/cet/ledger/abi/*.json, build/bytecode and docs/errors.md from the contracts
	$(BIN)/python tools/abi.py </dev/null
	$(BIN)/python tools/errors.py </dev/null

.PHONY: gas
gas: contracts ## measure gas per operation into bench/results/gas.json, and draw docs/pictures/gas.svg
	$(BIN)/python -m bench.gas </dev/null
	$(BIN)/python -m bench.plot </dev/null

.PHONY: bench
bench: contracts ## measure inventories, and the matching of certificates, into bench/results
	$(BIN)/python -m bench.inventory </dev/null
	$(BIN)/python -m bench.certificates_matching </dev/null

.PHONY: format
format: setup ## format and fix what ruff can
	$(BIN)/ruff check --fix . </dev/null
	$(BIN)/ruff format . </dev/null

.PHONY: clean
clean: ## remove everything that is not committed source
	rm -rf $(VENV) $(AUDIT) node_modules .build .cache build out .hypothesis src/*.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
