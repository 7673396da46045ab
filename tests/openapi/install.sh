#!/usr/bin/env bash
# Sees to it that schemathesis is there, as it comes from its registry, in a folder of its own under target/. Prints the
# Python that has it.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../.." && pwd)/target/tools/openapi

# What was installed is noted last: a set-up that broke off is made again.
if ! cmp -s "$here/requirements.txt" "$home/installed.txt"; then
    rm -rf "$home"
    if ! python3 -m venv "$home" >&2; then
        echo "This needs Python 3.11 or newer with its module venv: run 'make setup', or install it." >&2
        exit 1
    fi
    "$home/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: --require-hashes \
        --requirement "$here/requirements.txt" >&2
    cp "$here/requirements.txt" "$home/installed.txt"
fi
echo "$home/bin/python"
