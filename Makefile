# Two commands do all set-up on a machine with Python >= 3.12, git and make:
#   make city        the city from 2025 to 2040, to a printed result
#   make test        every check and every test
# and two more: make benchmark compares what the model costs with other tools, make docs makes a site of docs/

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check

# A name on the path is no proof: version managers put stand-ins there that fail when called. So each is tried.
# PYTHON=/path/to/python goes before all of them.
IS_FIT := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 12))
define FIND_PYTHON
fit() { "$$1" -c '$(IS_FIT)' >/dev/null 2>&1; }; \
candidates() { \
  if [ -n "$(PYTHON)" ]; then echo "$(PYTHON)"; fi; \
  for name in python3.13 python3.12 python3 python; do \
    echo "$$PATH" | tr ':' '\n' | while read -r folder; do \
      if [ -x "$$folder/$$name" ]; then echo "$$folder/$$name"; fi; \
    done; \
  done; \
  ls -dr "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/3.*/bin/python 2>/dev/null || true; \
}; \
found="$$(candidates | while read -r python; do if fit "$$python"; then echo "$$python"; break; fi; done)"
endef

BROWSERS := chromium chromium-browser google-chrome google-chrome-stable

.PHONY: city test benchmark docs browser clean
.DEFAULT_GOAL := city

city: $(VENV)/.city
	@$(BIN)/kortrijk-sim run unchanged

test: $(VENV)/.dev browser
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/python -m pytest

benchmark: $(VENV)/.benchmarks
	@$(BIN)/python -m benchmarks --out benchmarks/results.md

docs: $(VENV)/.docs
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict
	@echo "Open site/index.html; search wants a server: $(BIN)/python -m http.server --directory site"

clean:
	rm -rf $(VENV) site .mypy_cache .ruff_cache .pytest_cache .hypothesis

# Made anew only when it is not there or does not work.
$(VENV)/.python:
	@if ! $(BIN)/python -c '$(IS_FIT)' >/dev/null 2>&1; then \
	  $(FIND_PYTHON); \
	  if [ -z "$$found" ]; then \
	    echo "No Python >= 3.12 with venv was found; install one, or name it: make city PYTHON=/path/to/python" >&2; exit 1; \
	  fi; \
	  echo "Making $(VENV) with $$("$$found" --version)"; \
	  "$$found" -m venv --clear $(VENV); \
	fi
	@touch $@

$(VENV)/.city: pyproject.toml | $(VENV)/.python
	@echo "Installing kortrijk-sim"
	@$(PIP) --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml | $(VENV)/.python
	@echo "Installing kortrijk-sim and what its tests need"
	@$(PIP) --editable ".[dev]"
	@touch $(VENV)/.city $@

$(VENV)/.benchmarks: pyproject.toml | $(VENV)/.python
	@echo "Installing kortrijk-sim and the tools it is compared with"
	@$(PIP) --editable ".[benchmarks]"
	@touch $(VENV)/.city $@

$(VENV)/.docs: pyproject.toml | $(VENV)/.python
	@echo "Installing kortrijk-sim and what its docs are built with"
	@$(PIP) --editable ".[docs]"
	@touch $(VENV)/.city $@

# One test opens a page in a real browser.
browser:
	@has_browser() { for name in $(BROWSERS); do if "$$name" --version >/dev/null 2>&1; then return 0; fi; done; return 1; }; \
	if has_browser; then exit 0; fi; \
	if command -v apt-get >/dev/null 2>&1 && [ "$$(id -u)" = 0 ]; then \
	  echo "Installing Chromium for the browser test"; \
	  apt-get update -qq >/dev/null 2>&1 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null 2>&1 || true; \
	fi; \
	if ! has_browser; then echo "No Chromium or Chrome was found: the browser test is skipped."; fi
