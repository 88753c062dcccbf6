# Everything that a developer types. `make` alone lists it.
PYTHON ?= python3
PORT ?= 8000
export PORT

MANAGE = .venv/bin/python manage.py

.DEFAULT_GOAL := help
.PHONY: help run test staff example messages format bench python runtime all

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

run: python ## make, or bring up to date, and serve the site at http://127.0.0.1:8000 (PORT=8001 for another)
	@$(PYTHON) deploy/run.py

test: python ## run linters and all tests: SQLite always, PostgreSQL and a browser where they are found
	@$(PYTHON) deploy/suite.py

staff: runtime ## make a staff account: make staff EMAIL=jan@example.org (ROLE=redakcja)
	@$(MANAGE) add_staff $(if $(EMAIL),$(EMAIL),$(error Say for whom: make staff EMAIL=jan@example.org)) --role $(or $(ROLE),redakcja)

example: runtime ## load example content, marked as such (make example REMOVE=1 takes it away)
	@$(MANAGE) $(if $(REMOVE),remove_example,load_example)

messages: runtime ## collect the texts to translate and compile the catalogues (needs gettext)
	@$(MANAGE) makemessages --all --no-obsolete --no-wrap --add-location file --ignore .venv --ignore var --ignore tests --ignore bench
	@$(MANAGE) compilemessages --ignore .venv

format: all ## put the Python code into its shape
	@.venv/bin/python -m ruff check --fix --quiet .
	@.venv/bin/python -m ruff format .

bench: all ## measure the site on SQLite and PostgreSQL
	@.venv/bin/python -m bench

python:
	@command -v $(PYTHON) >/dev/null || { \
		echo "Python 3.11 or newer is needed, and there is no $(PYTHON): install it (on Debian: apt-get install python3 python3-venv)." >&2; exit 1; }

runtime all: python
	@$(PYTHON) deploy/prepare.py $@
