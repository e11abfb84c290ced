# make run    everything that a fresh machine needs, then the server on http://127.0.0.1:8000
# make test   every test, on SQLite and on PostgreSQL where Debian's package is installed
# make lint   style, types, layers, migrations
# make bench  requests per second, beside an empty Django view and beside moto

PYTHON ?= python3.11
BIN := .venv/bin
WORKERS ?= 2
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := run
.PHONY: run setup test lint bench clean

run: .venv/base
	@$(BIN)/python manage.py bootstrap
	@exec $(BIN)/python manage.py serve --with-worker

setup: .venv/dev

# Debian keeps ensurepip in a package of its own. Without it, the pip that is there puts one
# into the environment.
.venv/made:
	$(PYTHON) -m venv .venv >/dev/null || $(PYTHON) -m venv --without-pip .venv
	$(BIN)/python -m pip --version >/dev/null 2>&1 || { \
	  into=$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))'); \
	  $(PYTHON) -m pip install --quiet --target "$$into" pip || \
	  pip install --quiet --target "$$into" pip; }
	@touch $@

.venv/base: requirements/base.txt | .venv/made
	$(PIP) install --require-hashes -r requirements/base.txt
	@touch $@

.venv/dev: requirements/dev.txt requirements/base.txt | .venv/made
	$(PIP) install --require-hashes -r requirements/dev.txt
	@touch .venv/base $@

# Hundreds of processes are started: they should not all compile every module again.
test: export PYTHONDONTWRITEBYTECODE =
test: .venv/dev
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --cov --cov-report=
	$(BIN)/python -m tests.support.postgresql \
	  $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not sqlite_only" \
	  --cov --cov-append --cov-report=term --cov-fail-under=100

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	DATABASE_URL=sqlite://:memory: $(BIN)/python manage.py makemigrations --check --dry-run

bench: .venv/dev
	$(BIN)/python -m benchmarks.run

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .coverage
