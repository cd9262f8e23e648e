#!/bin/sh
# Make .venv and install what a lock file names, every download checked against its hash.
# Usage: tools/install.sh requirements.lock | requirements-dev.lock
set -eu
lock=$1
python=${PYTHON:-python3}

fail() { printf 'autonome: %s\n' "$*" >&2; exit 1; }

command -v "$python" >/dev/null 2>&1 ||
    fail "expected Python 3.11 or newer, found no '$python'. Install it, or name one: make PYTHON=/path/to/python3.11"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "expected Python 3.11 or newer, found $("$python" --version 2>&1). Name a newer one: make PYTHON=/path/to/python3.11"

make_venv() {
    rm -rf .venv
    "$python" -m venv .venv >/dev/null 2>&1 && return
    rm -rf .venv
    # Debian ships Python without ensurepip; its package is the one thing that pip cannot bring.
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 ||
        fail "this Python cannot make a virtual environment. On Debian: sudo apt-get install python3-venv, then run make again"
    printf 'Installing python3-venv ...\n'
    { apt-get update -qq && apt-get install -y -qq python3-venv; } >/dev/null ||
        fail "apt-get could not install python3-venv; install it by hand, then run make again"
    "$python" -m venv .venv
}

.venv/bin/python -c 'import pip' >/dev/null 2>&1 || make_venv
printf 'Installing from %s (once; about a minute) ...\n' "$lock"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
    --require-hashes --only-binary :all: -r "$lock"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
    --no-deps --no-build-isolation --no-index -e .
