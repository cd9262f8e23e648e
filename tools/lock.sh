#!/bin/sh
# Pin every dependency, with hashes and without any address, into the two lock files (needs uv).
set -eu
pin() { uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
    --no-annotate --custom-compile-command "make lock" pyproject.toml "$@"; }
pin --upgrade --extra dev -o requirements-dev.lock
# The run-time lock is a subset of the other one, never a second opinion.
uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
    --custom-compile-command "make lock" --constraint requirements-dev.lock pyproject.toml tools/build-backend.in -o requirements.lock
# The two engines of the oracle tests, beside the same pins.
uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
    --custom-compile-command "make lock" --constraint requirements-dev.lock pyproject.toml --extra dev --extra oracle -o requirements-oracle.lock
