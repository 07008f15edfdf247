# Two commands: `make run` and `make test`. `make help` lists the rest.
# Settings: PORT=8000  SCALE=city|province|empty  DATABASE_URL=postgresql://…  PYTHON=python3.12

TOOL = python="$$(sh tools/find_python.sh)" && "$$python" -m

.PHONY: help run setup test check format lock messages wheel pictures clean

help:
	@echo "make run       set everything up, load the demonstration, serve it"
	@echo "make test      all checks; tests on SQLite, PostgreSQL and in a browser"
	@echo "make check     linters, types, contracts, templates, translations, migrations"
	@echo "make setup     the environment for developers in .venv"
	@echo "make format    format Python and templates"
	@echo "make lock      lock the requirements anew after a change of requirements/*.in"
	@echo "make messages  collect the texts to translate, and compile the translations"
	@echo "make wheel     one file for pip install, in dist/"
	@echo "make pictures  the screenshots of the handbook anew, from a demonstration of its own"
	@echo "make clean     remove .venv and what was fetched; the database in var/ stays"

run:
	@$(TOOL) tools.run

setup:
	@$(TOOL) tools.setup

test:
	@$(TOOL) tools.test

check: setup
	@.venv/bin/python -m tools.check

format: setup
	@.venv/bin/ruff check --fix-only --quiet
	@.venv/bin/ruff format
	@git ls-files -z '*.html' | xargs -0 -r .venv/bin/djade --target-version 5.2 || true

lock: setup
	@.venv/bin/python -m tools.lock

messages: setup
	@.venv/bin/python -m tools.translations

wheel:
	@$(TOOL) tools.wheel

pictures: setup
	@.venv/bin/python -m tools.screenshots

clean:
	rm -rf .venv frontend/node_modules bihuan/web/static/vendor
