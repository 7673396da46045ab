#!/usr/bin/env bash
# Sees to it that jose and PyJWT are there, as they come from their registries: jose beside the scripts that import it,
# PyJWT in a folder of its own under target/. Prints the Python that has it.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../.." && pwd)/target/tools/verify

make_home() {
    rm -rf "$home"
    python3 -m venv "$home" >/dev/null 2>&1
}

# What was installed is noted last: a set-up that broke off is made again.
if ! cmp -s "$here/node/package-lock.json" "$here/node/node_modules/installed.json"; then
    (cd "$here/node" && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error) >&2
    cp "$here/node/package-lock.json" "$here/node/node_modules/installed.json"
fi

if ! cmp -s "$here/python/requirements.txt" "$home/installed.txt"; then
    # Debian and Ubuntu ship Python without what makes such folders.
    if ! make_home; then
        root=()
        [[ $(id -u) == 0 ]] || root=(sudo)
        if ! command -v apt-get >/dev/null; then
            echo "The tests need Python 3.11 or newer with its module venv. Install it, and run this again." >&2
            exit 1
        fi
        echo "The tests need Python with its module venv: installing it." >&2
        "${root[@]}" apt-get update >&2
        "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3-venv >&2
        make_home
    fi
    "$home/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: --require-hashes \
        --requirement "$here/python/requirements.txt" >&2
    cp "$here/python/requirements.txt" "$home/installed.txt"
fi
echo "$home/bin/python"
