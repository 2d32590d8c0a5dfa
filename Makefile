# Two commands matter: `make demo` and `make test`. Both need Python 3.11+ and make, nothing else.

PORT ?= 8000
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
DEMO := PORTAL_DEMO=1 PORT=$(PORT) SITE_URL=http://localhost:$(PORT) PORTAL_ENV=embedded
STATIC := $(shell find static -type f)

.DEFAULT_GOAL := help
.PHONY: help demo demo-reset check test test-corpus bench-roster bench-qcm bench-mail lint format

help:
	@echo "make demo        le portail, avec des données inventées, sur http://localhost:$(PORT)"
	@echo "make demo-reset  efface var/ et recommence"
	@echo "make check       contrôles et tests rapides, en une minute environ"
	@echo "make test        contrôles et tests, dans un vrai navigateur aussi"
	@echo "make test-corpus envoie chaque fichier des exemples partagés par les vraies pages"
	@echo "make bench-roster mesure une liste de 100, 1 000 et 10 000 lignes (PostgreSQL)"
	@echo "make bench-qcm   mesure des QCM entiers, 64 adhérents à la fois (PostgreSQL, redis-server)"
	@echo "make bench-mail  mesure l’envoi des e-mails à côté d’une boucle nue de smtplib (PostgreSQL)"

$(VENV)/.installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || (echo "Il faut Python 3.11 ou plus récent."; exit 1)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

var/.static: $(VENV)/.installed $(STATIC)
	@mkdir -p var
	$(DEMO) $(BIN)/python manage.py collectstatic --noinput --verbosity=0
	touch $@

demo: $(VENV)/.installed var/.static
	@$(DEMO) $(BIN)/python manage.py load_demo
	@exec env $(DEMO) $(BIN)/python manage.py run_demo

demo-reset:
	rm -rf var
	$(MAKE) demo

lint: $(VENV)/.installed-dev
	sh scripts/lint.sh

check: lint
	$(BIN)/pytest -n auto -q -m quick --ignore=tests/browser

test: $(VENV)/.installed-dev
	bash scripts/test.sh

test-corpus: $(VENV)/.installed-dev
	env $$($(BIN)/python scripts/services.py) $(BIN)/pytest -m corpus -s -q tests/corpus

bench-roster: $(VENV)/.installed-dev
	@env $$($(BIN)/python scripts/services.py) $(BIN)/python -m bench.roster

bench-qcm: $(VENV)/.installed-dev
	@env $$($(BIN)/python scripts/services.py) $(BIN)/python -m bench.qcm

bench-mail: $(VENV)/.installed-dev
	@env $$($(BIN)/python scripts/services.py) $(BIN)/python -m bench.mail

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format --quiet .
