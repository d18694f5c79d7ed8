# make run: set up whatever is missing, then serve.   make test: everything that .ci/run demands.
# Needs Python 3.11-3.13, Node 18+, git and make; nothing is installed outside this folder, except that `make test`
# may install Debian packages (Chromium, a Chinese font, PostgreSQL) where it is allowed to.

SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
DONE := .venv/done
STARTED := $(shell date +%s)
CATALOGUES := $(shell find src -name '*.po')
export UV_PYTHON_DOWNLOADS := never

.PHONY: run setup test test-sqlite test-postgresql check bench

run: setup
	@$(BIN)/xieshou serve $(ARGS)

setup: $(DONE)/python $(DONE)/node $(DONE)/translations
	@echo "准备完成，用时 $$(( $$(date +%s) - $(STARTED) )) 秒 / set up in $$(( $$(date +%s) - $(STARTED) )) s"

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
	  { echo "需要 Python 3.11–3.13；可用 make PYTHON=路径 指定 / Python 3.11-3.13 needed: make PYTHON=path" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || \
	  { echo "无法建立虚拟环境；Debian 请先安装 python3-venv / on Debian, install python3-venv first" >&2; exit 1; }

# uv does not read pip's own configuration; a mirror set there is handed on.
$(DONE)/python: requirements.lock pyproject.toml | $(BIN)/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.8
	@index=$$($(BIN)/python -m pip config get global.index-url 2>/dev/null) && export UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$$index}"; \
	  $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock && \
	  $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -e .
	@mkdir -p $(DONE) && touch $@

$(DONE)/node: package-lock.json .npmrc
	@node -e 'process.exit(+process.versions.node.split(".")[0] < 18 ? 1 : 0)' || \
	  { echo "需要 Node 18 以上 / Node 18 or later needed" >&2; exit 1; }
	@npm ci --ignore-scripts --loglevel=error
	@mkdir -p $(DONE) && touch $@

$(DONE)/translations: $(CATALOGUES) | $(DONE)/python
	@$(BIN)/python -m xieshou.config.translations compile
	@touch $@

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	XIESHOU_HOME=build/check $(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m xieshou.config.translations check

test: check test-sqlite test-postgresql
	@echo "全部通过，用时 $$(( $$(date +%s) - $(STARTED) )) 秒 / all passed in $$(( $$(date +%s) - $(STARTED) )) s"

test-sqlite: setup
	@$(BIN)/python tests/machine.py chromium
	env -u XIESHOU_DATABASE_URL $(BIN)/pytest -n 2 -q

test-postgresql: setup
	@$(BIN)/python tests/machine.py postgresql -- $(BIN)/pytest -n 2 -q -m "not browser"

bench: setup
	@missed=; for script in benchmarks/bench_*.py; do echo "== $$script"; $(BIN)/python $$script || missed="$$missed $$script"; done; \
	  test -z "$$missed" || { echo "未达标 / short of a bar:$$missed" >&2; exit 1; }
