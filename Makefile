# make demo: a small Slack in the browser with the bot in it, on a local AWS and Kubernetes; ARGS=--tour prints a tour.
# make test: everything CI runs.
# Both set up .venv by themselves, from requirements.lock, with Python 3.11.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
# Most tests wait for a process or a socket, so there are more workers than cores.
PYTEST_ARGS ?= --numprocesses 4

.PHONY: demo test lint types imports audit pytest chromium docs screenshots bench soak lock format clean

demo: $(VENV)/ready
	$(BIN)/eks-chatops demo $(ARGS)

test: lint types imports audit pytest

lint: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/ready
	$(BIN)/mypy

imports: $(VENV)/ready
	$(BIN)/lint-imports

# Known vulnerabilities in what is locked, where the package index can be asked; says so where it cannot.
audit: $(VENV)/ready
	@$(BIN)/python .ci/audit $(BIN)/pip-audit

pytest: $(VENV)/ready chromium
	$(BIN)/python -m pytest $(PYTEST_ARGS)

chromium:
	@.ci/chromium

# docs/commands.md, from the commands themselves.
docs: $(VENV)/ready
	$(BIN)/eks-chatops commands > docs/commands.md

# The pictures in docs/images, of the demo's page.
screenshots: $(VENV)/ready chromium
	$(BIN)/python -m tests.browser.screenshots

# What is claimed about speed, measured here and now: prints a table, and writes it into docs/performance.md. Takes half
# an hour with nothing else running; `python -m bench NAME…` measures some of it.
bench: $(VENV)/ready
	$(BIN)/python -m bench
	$(BIN)/python -m bench.curves

# Whether anything grows in twenty minutes of commands and faults.
soak: $(VENV)/ready
	$(BIN)/python -m bench.soak --minutes 20

format: $(VENV)/ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# After a change of dependencies in pyproject.toml. The locks hold names, versions and hashes, no address: all that is
# developed with; of that, what the container runs; and what builds the wheel.
COMPILE = $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
    --custom-compile-command "make lock"
lock: $(VENV)/ready
	$(BIN)/python -m pip install --quiet uv
	$(COMPILE) --all-extras --group dev pyproject.toml > requirements.lock.new
	mv requirements.lock.new requirements.lock
	$(COMPILE) --constraint requirements.lock pyproject.toml > deploy/requirements.lock.new
	mv deploy/requirements.lock.new deploy/requirements.lock
	$(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"])' \
	    | $(COMPILE) - > deploy/build.lock.new
	mv deploy/build.lock.new deploy/build.lock

$(VENV)/ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
