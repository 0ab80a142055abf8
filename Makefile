# Everything a person does with a checkout. Each target may be repeated: what is done is not done again.
# Needs Python 3.11 or newer and make; takes uv and Node where they are, and gets Node from a package where not.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
DIST := src/stateworks/web/static/stateworks/dist
SERVE ?= yes
AUDIT ?= no
SCALE ?= 1
SEED ?= 1
export STATEWORKS_HOME ?= var
UV := $(shell command -v uv 2>/dev/null)
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
  if command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
  then command -v $$p; break; fi; done)
ASSET_SOURCES := $(wildcard src/stateworks/web/assets/*) package-lock.json
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
  --custom-compile-command "make lock"
say = @printf '\n== %s\n' $(1)

.PHONY: help setup assets demo test test-full test-long check style types architecture documentation dependencies audit bench docs \
  lock clean chromium java

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

setup: $(STAMPS)/dev $(STAMPS)/assets ## Install everything to work on the product

# -- environment

$(VENV)/pyvenv.cfg:
	$(call say,"Making the Python environment")
	@if [ -z "$(PYTHON)" ]; then echo "Python 3.11 or newer is needed and was not found; install it and run make again." >&2; exit 2; fi
ifneq ($(UV),)
	@$(UV) venv --quiet --allow-existing --python "$(PYTHON)" $(VENV)
else
	@if ! "$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null; then \
	  package=$$("$(PYTHON)" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'); \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing $$package"; apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$package; \
	  else echo "The system's $$package is missing; install it (sudo apt-get install $$package) and run make again." >&2; exit 2; fi; fi
	@"$(PYTHON)" -m venv $(VENV)
endif

# $(call install,LOCK) installs exactly what the lock names, each file checked against its hash.
ifneq ($(UV),)
install = @$(UV) pip install --python $(BIN)/python --require-hashes -r $(1)
install_self = @$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
else
install = @$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on --require-hashes -r $(1)
install_self = @$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
endif

$(STAMPS)/run: requirements/run.txt pyproject.toml | $(VENV)/pyvenv.cfg
	$(call say,"Installing the product")
	$(call install,requirements/run.txt)
	$(call install_self)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/dev: requirements/dev.txt $(STAMPS)/run
	$(call say,"Installing what tests and checks need")
	$(call install,requirements/dev.txt)
	@touch $@

$(STAMPS)/spark: requirements/spark.txt | $(STAMPS)/run
	$(call say,"Installing Spark")
	$(call install,requirements/spark.txt)
	@touch $@

# -- front-end

assets: $(STAMPS)/assets ## Compile the design of the pages

ifeq ($(shell command -v npm >/dev/null 2>&1 && node -e 'process.exit(+(parseInt(process.versions.node) < 18))' && echo yes),yes)
NODE :=
else
NODE := $(STAMPS)/node
endif

$(STAMPS)/node: requirements/assets.txt | $(VENV)/pyvenv.cfg
	$(call say,"Installing Node")
	$(call install,requirements/assets.txt)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/assets: $(NODE) $(ASSET_SOURCES) | $(VENV)/pyvenv.cfg
	$(call say,"Building the design of the pages")
	@$(if $(NODE),export PATH="$(CURDIR)/$(BIN):$$PATH";) npm ci --no-progress --loglevel=error && npm run --silent build
	@mkdir -p $(STAMPS) && touch $@

# -- the instance

demo: $(STAMPS)/run $(STAMPS)/assets ## Set up a demo instance and serve it (SERVE=no: do not serve; SCALE=3: more data)
	$(call say,"Making the instance in $(STATEWORKS_HOME) and filling it with the demo state")
	@$(BIN)/stateworks demo --scale $(SCALE) --seed $(SEED)
ifeq ($(SERVE),yes)
	$(call say,"Serving; stop with Ctrl-C")
	@exec $(BIN)/stateworks serve
else
	@echo; echo "Ready. Serve it with: $(BIN)/stateworks serve"
endif

# -- judging

chromium:
	@if ! command -v chromium >/dev/null && ! command -v chromium-browser >/dev/null && ! command -v google-chrome >/dev/null; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing Chromium"; apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium > /dev/null; \
	  else echo "Chromium is needed for the page tests; install it (sudo apt-get install chromium) and run make again." >&2; exit 2; fi; fi

# What Java says of itself is a number since version 9; 1.8 and silence count as none.
java:
	@command="$${JAVA_HOME:+$$JAVA_HOME/bin/}java"; \
	version=$$("$$command" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.specification\.version = //p' || true); \
	case "$$version" in *[!0-9]*|'') version=0;; esac; \
	if [ "$$version" -ge 17 ]; then exit 0; fi; \
	if [ -z "$${JAVA_HOME:-}" ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing Java"; apt-get update -qq; \
	  for package in openjdk-17-jre-headless openjdk-21-jre-headless; do \
	    if apt-cache show $$package >/dev/null 2>&1 \
	      && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$package >/dev/null; then exit 0; fi; done; fi; \
	echo "Spark needs Java 17 or newer, and $$command is $$([ "$$version" = 0 ] && echo missing || echo "version $$version")." \
	  "Install it (sudo apt-get install openjdk-17-jre-headless)$${JAVA_HOME:+, let JAVA_HOME name it,} and run make again." >&2; \
	exit 2

test: setup chromium ## Run the tests: units, conformance, pages in a browser
	$(call say,"Testing")
	@env -u STATEWORKS_HOME $(BIN)/python -m pytest -q -n logical --maxprocesses 4 -m "not full and not long"

test-full: setup $(STAMPS)/spark chromium java ## Run the tests that take minutes or much memory, and every measure on Spark
	$(call say,"Testing at size")
	@env -u STATEWORKS_HOME $(BIN)/python -m pytest -q -n logical --maxprocesses 2 --dist loadfile -m full

test-long: setup $(STAMPS)/spark java ## Run the other tests on a Spark cluster, and of backups under load
	$(call say,"Testing with Spark and under load")
	@env -u STATEWORKS_HOME $(BIN)/python -m pytest -q -m long

check: style types architecture documentation dependencies ## Check style, types, architecture (AUDIT=yes: known holes in dependencies too, over the network)

style: $(STAMPS)/dev
	$(call say,"Style")
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check --quiet || { echo "Some files are not formatted; run $(BIN)/ruff format." >&2; exit 1; }

types: $(STAMPS)/dev
	$(call say,"Types")
	@$(BIN)/mypy

architecture: $(STAMPS)/dev
	$(call say,"Architecture")
	@$(BIN)/lint-imports --no-logo
	@env -u STATEWORKS_HOME $(BIN)/python -m pytest -q tests/architecture

documentation: $(STAMPS)/dev
	$(call say,"Documentation")
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet --site-dir build/site

dependencies: $(STAMPS)/dev
	$(call say,"Dependencies")
ifeq ($(AUDIT),yes)
	@$(MAKE) --no-print-directory audit
else
	@echo "Not audited for known holes: that needs the network. Run: make audit"
endif

audit: $(STAMPS)/dev ## Look the locked dependencies up in the public list of known holes
	@$(BIN)/pip-audit --require-hashes --disable-pip --progress-spinner off -r requirements/spark.txt

bench: $(STAMPS)/dev $(STAMPS)/spark java ## Measure speed against baselines (SCALE=10: more data)
	@$(BIN)/python -m benchmarks --scale $(SCALE)

docs: $(STAMPS)/dev ## Build the documentation into build/site
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet --site-dir build/site && echo "Open build/site/index.html"

lock: ## Solve the dependencies anew and write the locks (needs uv and npm)
	@$(COMPILE) $(UPGRADE) pyproject.toml --group dev --group build -o requirements/dev.txt
	@$(COMPILE) $(UPGRADE) pyproject.toml --group build -c requirements/dev.txt -o requirements/run.txt
	@$(COMPILE) $(UPGRADE) pyproject.toml --extra spark --group build -c requirements/dev.txt -o requirements/spark.txt
	@$(COMPILE) $(UPGRADE) --group assets -o requirements/assets.txt
	@npm install --package-lock-only --loglevel=error

clean: ## Delete everything made here, the demo instance's data too
	@if [ -x $(BIN)/python ] && [ -d var/postgres ]; then \
	  $(BIN)/python -c 'from pathlib import Path; from stateworks.config.postgres import server; server(Path("var")).destroy()'; fi
	@rm -rf var build dist site node_modules $(DIST) $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
