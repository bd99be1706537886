# Everything goes through here. A machine needs Python 3.11 or newer and make; uv is used if it
# is there. `make run PY=python3.12` chooses another Python.

PY ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
PYTHON := $(VENV)/bin/python
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev

# What `make check` takes for production. Nothing is read from the machine's own settings.
PRODUCTION = env -u REDIS_URL DEBUG=false ALLOWED_HOSTS=example.com SITE_URL=https://example.com \
	DATABASE_URL=sqlite:///:memory: \
	SECRET_KEY="$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(64))')" \
	FIELD_ENCRYPTION_KEYS="1:$$(head -c 32 /dev/zero | base64)"

.DEFAULT_GOAL := help
.PHONY: help run install test test-contracts check audit bench prove lock upgrade configuration licences \
	messages vendor clean

help:  ## Show this list
	@sed -n 's/^\([a-z-]*\):.*##/  make \1 /p' $(MAKEFILE_LIST) | awk '{ printf "  make %-15s", $$2; \
		$$1 = $$2 = ""; sub(/^ +/, ""); print }'

run: $(RUNTIME)  ## Run everything on http://127.0.0.1:8000 (PORT and DATA_DIR change it)
	@exec $(PYTHON) manage.py up

install: $(RUNTIME)  ## Install what is needed to run into .venv, and start nothing

test: $(DEV)  ## Run all tests, with a real browser if there is one (ARGS="-k words", DB=postgres)
	@DB='$(DB)' $(PYTHON) -m tools.run_tests $(ARGS)

test-contracts: $(DEV)  ## Run only the tests against mock vendors (needs node and CONTRACTS_DIR)
	@$(PYTHON) -m tools.run_tests --contracts $(ARGS)

check: $(DEV)  ## Check style, types, templates, migrations, deployment and translations
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy .
	$(VENV)/bin/djlint --lint --quiet templates
	@echo 'manage.py makemigrations --check, check --deploy (as in production)'
	@$(PRODUCTION) $(PYTHON) manage.py makemigrations --check --dry-run
	@$(PRODUCTION) $(PYTHON) manage.py check --deploy --fail-level WARNING
	$(PYTHON) tools/messages.py check
	$(PYTHON) tools/vendor.py check
	$(PYTHON) -m tools.configuration check
	$(PYTHON) -m tools.migrations
	$(PYTHON) -m tools.licences check
	$(PYTHON) -m tools.advisories check

audit: $(DEV)  ## Ask for known advisories of the dependencies (needs the network)
	@$(PYTHON) -m tools.advisories audit

bench: $(DEV)  ## Measure speed; prints ratios
	@$(PYTHON) -m tests.bench $(ARGS)

prove: $(DEV)  ## Prove by faults that nothing is lost and nothing doubled
	@$(PYTHON) -m tests.prove $(ARGS)

lock: $(VENV)  ## Pin the dependencies again, from the .in files
	@command -v uv >/dev/null || test -x $(VENV)/bin/uv || $(PYTHON) -m pip install --quiet uv
	@PATH="$$PATH:$(VENV)/bin"; for set in requirements requirements-dev; do \
		uv pip compile --quiet --upgrade --universal --generate-hashes --no-header \
			--no-annotate --python-version 3.11 --output-file $$set.txt $$set.in || exit; done; \
		uv pip compile --quiet --upgrade --universal --generate-hashes --no-header --no-annotate \
			--python-version 3.11 -c requirements.txt --output-file requirements-local.txt \
			requirements-local.in

upgrade: lock  ## Take newer dependencies: lock, install, write the licences, check advisories
	@$(MAKE) --no-print-directory $(DEV)
	@$(PYTHON) -m tools.licences update
	@$(PYTHON) -m tools.advisories check

configuration: $(RUNTIME)  ## Write docs/configuration.md and .env.example from the settings
	@$(PYTHON) -m tools.configuration update

licences: $(DEV)  ## Write docs/licences.md from what is locked
	@$(PYTHON) -m tools.licences update

messages: $(RUNTIME)  ## Bring the translations' catalogues up to date
	@$(PYTHON) tools/messages.py update

vendor: $(RUNTIME)  ## Fetch the pinned front-end files again (needs npm)
	@$(PYTHON) tools/vendor.py fetch $(ARGS)

clean:  ## Remove what can be made again; your data in var/ stays
	rm -rf $(VENV) .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis staticfiles
	find locale -name '*.mo' -delete
	find . -name __pycache__ -not -path './var/*' -prune -exec rm -rf {} +

$(VENV):
	@test -n '$(PY)' || { echo 'Python 3.11 or newer is needed. Name yours with PY=…' >&2; exit 1; }
	@if command -v uv >/dev/null; then uv venv --quiet --python '$(PY)' $(VENV); \
		else '$(PY)' -m venv $(VENV); fi || { rm -rf $(VENV); exit 1; }

# The stamps say which set is installed. Neither takes away what the other brought.
define install
@echo 'installing $(1)'
@if command -v uv >/dev/null; then uv pip install --quiet --python $(PYTHON) --require-hashes -r $(1); \
	else { test -x $(VENV)/bin/pip || '$(PY)' -m venv $(VENV); } && \
		$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1); fi
endef

$(RUNTIME): requirements.txt | $(VENV)
	$(call install,requirements.txt)
	@touch $@

$(DEV): requirements-dev.txt requirements.txt | $(VENV)
	$(call install,requirements-dev.txt)
	@touch $@ $(RUNTIME)
