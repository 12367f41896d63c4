# Parvis. « make » seul énumère les cibles.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.installed-run
DEV := $(VENV)/.installed-dev
WORKERS ?= 2
.DEFAULT_GOAL := help
.PHONY: help demo demo-reset seed test guides check bench cross-check fuzz lock chromium clamd
export PIP_DISABLE_PIP_VERSION_CHECK := 1

help: ## cette liste
	@echo "Parvis. Cibles :"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(firstword $(MAKEFILE_LIST)) | awk -F'|' '{ printf "  make %-12s %s\n", $$1, $$2 }'
	@echo "Variables : PORT (8000), PARVIS_DATA_DIR (var/), EMAIL_URL, DATABASE_URL et DATABASE_OWNER_URL, PYTHON (python3)."

demo: $(RUN) ## démarrer la démonstration ; Ctrl+C l’arrête
	@exec $(BIN)/python -m parvis.config.command demo

demo-reset: $(RUN) ## vider la démonstration
	@$(BIN)/python -m parvis.config.command demo reset

seed: $(RUN) ## créer les tables et écrire les données de démonstration, sans rien démarrer
	@$(BIN)/python -m parvis.config.command migrate --verbosity 0
	@$(BIN)/python -m parvis.config.command seed

test: $(DEV) chromium clamd ## tous les tests, parcours au navigateur compris
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

guides: $(DEV) chromium ## refaire les images des guides de l’aide
	@$(BIN)/python -m tests.journeys.guides

chromium:
	@sh tests/install_chromium.sh

clamd:
	@sh tests/install_clamd.sh

check: export PARVIS_DATA_DIR := $(or $(TMPDIR),/tmp)/parvis-check-$(shell id -u)
check: export PARVIS_DEMO := 1
check: $(DEV) ## relectures automatiques : ruff, mypy, import-linter, migrations
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check .
	@$(BIN)/python -m mypy
	@$(BIN)/lint-imports --no-cache
	@mkdir -p "$$PARVIS_DATA_DIR" && chmod 711 "$$PARVIS_DATA_DIR"
	@$(BIN)/python -m parvis.config.command makemigrations --check --dry-run

bench: $(DEV) ## mesurer le temps des pages
	@$(BIN)/python -m bench $(ARGS)

lighthouse: $(DEV) chromium var/lighthouse/.installed ## mesurer accessibilité et vitesse des pages (Lighthouse)
	@$(BIN)/python -m bench.lighthouse $(ARGS)

var/lighthouse/.installed: bench/lighthouse/package.json
	@command -v node >/dev/null && command -v npm >/dev/null || { echo "« make lighthouse » a besoin de Node.js 18 ou plus récent et de npm (Debian : apt install nodejs npm). Rien d’autre de Parvis ne s’en sert." >&2; exit 2; }
	@[ "$$(node -p 'process.versions.node.split(".")[0] >= 18')" = true ] || { echo "Node.js $$(node --version) est trop ancien pour Lighthouse : il demande la version 18 ou plus récente." >&2; exit 2; }
	@echo "Installation de Lighthouse à part, dans var/lighthouse…"
	@mkdir -p var/lighthouse && cp bench/lighthouse/package.json var/lighthouse/ \
	  && npm install --prefix var/lighthouse --no-package-lock --no-audit --no-fund --omit=dev --silent \
	  || { rm -rf var/lighthouse/node_modules; echo "Lighthouse n’a pas pu être installé : la cause est au-dessus. Sans réseau, relancez « make lighthouse » une fois connecté." >&2; exit 2; }
	@touch $@

fuzz: $(DEV) ## dix minutes de fichiers DSN abîmés devant le lecteur (ARGS="--minutes 1 --seed 7")
	@$(BIN)/python -m tests.dsn.fuzz $(ARGS)

cross-check: $(DEV) var/cross-check/.installed ## comparer taux et cotisations avec OpenFisca-France
	@$(BIN)/python -m cross_check --openfisca var/cross-check/bin/python

var/cross-check/.installed: cross_check/requirements.txt | $(BIN)/python
	@echo "Installation d’OpenFisca-France à part, dans var/cross-check…"
	@rm -rf var/cross-check && mkdir -p var && $(BIN)/python -m venv var/cross-check \
	  && var/cross-check/bin/python -m pip install --quiet -r cross_check/requirements.txt \
	  || { rm -rf var/cross-check; echo "OpenFisca-France n’a pas pu être installé : la cause est au-dessus. Sans réseau, relancez « make cross-check » une fois connecté : rien d’autre n’en dépend, et « make test » vérifie ce qui peut l’être sans lui (docs/regulations/differences.md)." >&2; exit 2; }
	@touch $@

lock: ## refaire les fichiers de dépendances verrouillées (avec uv)
	@command -v uv >/dev/null || { echo "« make lock » a besoin de uv (https://docs.astral.sh/uv/)." >&2; exit 2; }
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --extra build pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --extra batch --extra build --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

# --- L’environnement Python : rien à faire tant que les dépendances n’ont pas changé -----------------------------------
$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "Python manque : installez Python 3.11 ou plus récent (Debian : apt install python3 python3-venv), ou donnez PYTHON=…" >&2; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' || { echo "$$($(PYTHON) --version) ne convient pas : Parvis demande Python 3.11, 3.12 ou 3.13 (donnez PYTHON=python3.12, par exemple)." >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Le module venv de Python manque : installez-le (Debian : apt install python3-venv)." >&2; exit 2; }
	@echo "Création de l’environnement Python…"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "L’environnement Python n’a pas pu être créé (disque plein ? droits ?) : la cause est au-dessus." >&2; exit 2; }

$(RUN): requirements.lock pyproject.toml | $(BIN)/python
	@$(call install,requirements.lock)
	@touch $@

$(DEV): requirements-dev.lock pyproject.toml | $(BIN)/python
	@$(call install,requirements-dev.lock)
	@touch $@ $(RUN)

define install
echo "Installation des dépendances ($(1))…"; \
{ $(BIN)/python -m pip install --quiet --require-hashes -r $(1) \
  && $(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e . ; } \
|| { echo "Les dépendances n’ont pas pu être installées (réseau ? disque plein ?) : la cause est au-dessus." >&2; exit 2; }
endef
