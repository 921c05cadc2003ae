# Each target does all its own set-up: Python 3.11+ and make are enough.
PYTHON ?= python3
BIN := .venv/bin
# Each file's tests run in one process, so that what they share is made once; the long files come first.
PYTEST := $(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder

.PHONY: review progress quick test test-all bench judge corpus office real decisions hostile kill server lint sample lock clean

review: .venv/ready
	$(BIN)/peak-review run --round first-batch

test: .venv/ready lint
	$(PYTEST)

# Lint and the tests of contracts and transforms, without the longest: for the edit loop.
quick: .venv/ready lint
	$(PYTEST) -m 'not slow and not thorough' tests/contracts tests/transforms

# Everything, the suites below too.
test-all: .venv/ready lint
	$(PYTEST) -m ""

# How good the flags are: seeded faults and clean submissions. JUDGE="--help" tells the options. `.venv/bin/pytest -m judgement`
# tries each class of faults two or three times and must find all; `make test` judges clean submissions alone.
judge: .venv/ready
	$(BIN)/python -m tests.judgement $(JUDGE)

# The files of other projects beside the repository, with the main job over all of them.
corpus: .venv/ready
	$(BIN)/pytest -m corpus

# What needs LibreOffice: workbooks it has saved again, old documents it converts.
office: .venv/ready
	$(BIN)/pytest -m office

# Published plans and labelled cases beside the repository: recall and precision by kind of failure.
real: .venv/ready
	$(BIN)/python -m tests.real
	$(BIN)/pytest -m real

# 500 random sequences of edits and re-runs, and 200 maltreated workbooks and things put into packages, of which nothing may
# be lost; `make test` maltreats some.
decisions: .venv/ready
	$(BIN)/pytest -m stateful --tries 500

# 200 hostile submissions in the sample round, 500 damaged documents: a verdict each, and no other package differs.
hostile: .venv/ready
	$(BIN)/pytest -m hostile

# SIGKILL at 100 random moments of publishing, a full disk, a few of the whole command, and its Prefect server broken or
# killed; `make test` tries some.
kill: .venv/ready
	$(BIN)/pytest -m kill --tries 100

# The nightly flow, and deployed on a real Prefect server with a real worker, twice: with SQLite, and with PostgreSQL where
# it is; a run with a server of its own in a network without routes; whole runs on a Dask cluster.
server: .venv/ready
	$(BIN)/pytest -m server

# How fast it is, as ratios taken in one run: tests/bench/RESULTS.md. BENCH="--help" tells the options.
bench: .venv/ready
	$(BIN)/python -m tests.bench $(BENCH)

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/typos

# Write the sample round again (seeded: the same workbooks every time).
sample: .venv/ready
	$(BIN)/python -m tests.sample

# The sample of a progress round: what the 35 pilots achieved until 2025 of their plans in the sample round.
progress: .venv/ready
	$(BIN)/python -m tests.sample.progress_round
	$(BIN)/peak-review run --round first-batch-2025

# Resolve the dependencies anew; needs uv.
lock:
	uv pip compile pyproject.toml --extra dev --extra dask --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --custom-compile-command 'make lock' --quiet --output-file requirements.lock

# The lock is complete and installed as it is: an older pip would look for dependencies with extras anew, beside the lock.
.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 to 3.13 is needed") if not (3, 11) <= sys.version_info < (3, 14) else None'
	@echo "Setting up .venv with $$(grep -c == requirements.lock) packages: once, some minutes."
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --progress-bar off --disable-pip-version-check --no-deps --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

clean:
	rm -rf .venv data/out .mypy_cache .ruff_cache .pytest_cache
