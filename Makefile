# terrordb: `make demo` shows it, `make test` proves it.  Needs Python 3.11+, pip and make, nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := $(VENV)/demo.db

.DEFAULT_GOAL := help
.PHONY: help demo test check clean

help:  ## list these targets
	@sed -n 's/^\([a-z]*\):.*  ## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name text; do printf '  make %-6s %s\n' "$$name" "$$text"; done

# pip compiles what it installs; `--group` needs pip 25.1, which the new environment gets first.
$(VENV)/installed: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "terrordb needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/developing: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --editable ".[postgres]" --group dev
	@touch $@

demo: $(VENV)/installed  ## install into .venv, make an embedded database, answer real questions with their passages
	@rm -f $(DEMO) $(DEMO)-wal $(DEMO)-shm
	@$(BIN)/terrordb init --db $(DEMO)
	@printf '\nWho was executed in 1939 and 1940, by cases against persons whose fate was execution?  (two kinds: cases, persons)\n'
	@$(BIN)/terrordb query cases executed:1939..1940 person.fate:executed \
	  --fields person,arrested,executed,status,source,locator,anchor --format table --db $(DEMO)
	@printf '\nHow many were executed in the Great Purge?  (figures: every claim beside the others, with who makes it)\n'
	@$(BIN)/terrordb query figures measure:executed operation:great-purge \
	  --fields text,of,claimed_by,stance,status,locator,anchor --format table --db $(DEMO)

test: $(VENV)/developing check  ## run every check and test; PostgreSQL where one answers
	$(BIN)/python -m pytest -n auto

check: $(VENV)/developing  ## ruff, mypy --strict, and the order of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

clean:  ## remove what make made
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
