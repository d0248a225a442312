# portclock: every target says what it does; `make` alone lists them.
# Each target sets up what it needs in .venv/ on a machine that has Python 3.11, 3.12 or 3.13.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	"$$p" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
# What is installed to work in is plain, whatever is asked of the wheel.
PIP := PORTCLOCK_COMPILED= $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
CODE := events timing streams sinks serving dashboards reports portclock load_tests tests
ARGS ?=
# One more than there are cores, since tests of processes wait for them; four at most.
AT_ONCE ?= $(shell "$(PYTHON)" -c 'import os; print(min(4, (os.cpu_count() or 1) + 1))')

.PHONY: help demo up test check fix golden pictures bench bench-peers format-check lint floors types contracts limits audit sbom soak faults wheel compiled plain compiled-check clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  \033[1m%-14s\033[0m %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.venv/pyvenv.cfg:
	@test -n "$(PYTHON)" || { echo "portclock needs Python 3.11, 3.12 or 3.13; install one, or name it: make PYTHON=/path/to/python" >&2; exit 1; }
	@echo "setting up .venv with $$($(PYTHON) --version)" >&2
	@$(PYTHON) -m venv .venv

.venv/.standalone: .venv/pyvenv.cfg pyproject.toml constraints.txt
	@echo "installing portclock and its engines; about half a minute" >&2
	@$(PIP) --no-compile --editable '.[standalone]'
	@touch $@

.venv/.dev: .venv/.standalone
	@echo "installing what the tests need" >&2
	@$(PIP) --editable '.[dev]'
	@touch $@

demo: .venv/.standalone ## a whole port on this machine, judged live: make demo ARGS="--once --json"
	@$(BIN)/portclock demo $(ARGS)

up: .venv/.standalone ## the same services for your own feeds, until stopped
	@$(BIN)/portclock up $(ARGS)

test: .venv/.dev ## all tests, with real Apache Kafka where Java 17 and Maven are at hand
	@$(BIN)/python -m pytest -n $(AT_ONCE) --dist loadfile --no-loadscope-reorder $(ARGS)

# Each of these keeps one core busy for a while: two run at once, the longest first.
GATES := compiled-check types format-check lint floors contracts limits

check: .venv/.dev ## everything that CI runs
	@$(MAKE) --jobs 2 $(GATES)
	@$(MAKE) test wheel

format-check: .venv/.dev ## is the code formatted?
	@$(BIN)/ruff format --check --quiet $(CODE) || { echo "run: make fix" >&2; exit 1; }

lint: .venv/.dev ## ruff: errors, imports, naive times, clocks below the doors
	@$(BIN)/ruff check --quiet $(CODE)

floors: .venv/.dev ## import-linter: facts, rules, wings, door
	@$(BIN)/lint-imports --no-cache > .venv/floors.log || { cat .venv/floors.log; exit 1; }

types: .venv/.dev ## mypy, strict, over code and tests
	@$(BIN)/mypy
	@$(BIN)/python tests/house/typed_tests.py

contracts: .venv/.dev ## are the JSON Schemas those of the models?
	@$(BIN)/python -m events.contract --check

limits: .venv/.dev ## may the published editions judge?
	@$(BIN)/portclock limits check
	@$(BIN)/portclock limits check timing/samples

wheel: .venv/.dev ## build the wheel, install it elsewhere, import every package from it
	@$(BIN)/python tests/house/wheel.py

audit: .venv/.dev ## ask an advisory source about every pin; ends with 3 where none answers
	@$(BIN)/python tests/house/audit.py

sbom: .venv/.dev ## what a release is made of, as CycloneDX in dist/
	@$(BIN)/python tests/house/sbom.py dist/portclock.cdx.json

compiled-check: .venv/.dev ## the tests of facts and rules over the law as machine code
	@$(BIN)/python tests/house/compiled.py

compiled: .venv/.dev ## compile the hot modules of the law in place; needs a C compiler
	@PORTCLOCK_COMPILED=1 $(BIN)/python setup.py --quiet build_ext --inplace
	@$(BIN)/portclock --version

plain: ## remove what `make compiled` left, for work on the law
	@rm -f *__mypyc.*.so timing/*.so

fix: .venv/.dev ## format, and mend what can be mended
	@$(BIN)/ruff check --fix --quiet $(CODE) || true
	@$(BIN)/ruff format --quiet $(CODE)

golden: .venv/.dev ## write schemas, golden files, boards and docs/commands.md anew; review decides
	@$(BIN)/python -m events.contract --write
	@$(BIN)/python tests/golden/rewrite.py
	@$(BIN)/portclock boards render
	@$(BIN)/python -m portclock.commands.reference > docs/commands.md

pictures: .venv/.dev ## draw the pictures in docs/pictures anew, in a real browser
	@PORTCLOCK_PICTURES=1 $(BIN)/python -m pytest -q tests/serving/web

bench: .venv/.dev ## the stack under load, as ratios to the baseline; what an event costs by part
	@$(BIN)/python -m load_tests.scenarios bench --json load_tests/results.json $(ARGS)
	@$(BIN)/python -m load_tests.scenarios plots load_tests/results.json
	@$(BIN)/python load_tests/worker.py
	@$(BIN)/python load_tests/observe.py

soak: .venv/.dev ## 200 random kills on Apache Kafka with three workers; an hour of broken bytes for every dialect
	@$(BIN)/python -m load_tests.faults soak --kills 200 --workers 3 --broker kafka --json load_tests/faults/soak.json $(ARGS)
	@$(BIN)/python -m load_tests.fuzzing --seconds 3600

faults: .venv/.dev ## every fault on the whole stack, and the table in docs/reliability.md
	@$(BIN)/python -m load_tests.faults run all --json load_tests/faults/results.json $(ARGS)
	@$(BIN)/python -m load_tests.faults table

bench-peers: .venv/.dev ## the same law under other engines, each in an environment of its own
	@$(BIN)/python load_tests/peers/run.py $(ARGS)

clean: ## remove the environment and all caches
	@rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
