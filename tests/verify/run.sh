#!/usr/bin/env bash
# Runs the resource servers of docs/topics/verifying-tokens.md, in Rust, Node and Python, against a doorward.
#
# DOORWARD_BIN names the binary to test, RESOURCE_SERVER_BIN the example of crates/verifier.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
PYTHON=$("$here/install.sh")
built=${CARGO_TARGET_DIR:-$here/../../target}/debug
DOORWARD_BIN=${DOORWARD_BIN:-$built/doorward}
RESOURCE_SERVER_BIN=${RESOURCE_SERVER_BIN:-$built/examples/resource_server}
for binary in "$DOORWARD_BIN" "$RESOURCE_SERVER_BIN"; do
    if [[ ! -x $binary ]]; then
        echo "There is no $binary: run 'cargo build -p doorward' and 'cargo build -p doorward-verifier --example" \
            "resource_server'." >&2
        exit 1
    fi
done
DOORWARD_BIN=$(realpath "$DOORWARD_BIN")
RESOURCE_SERVER_BIN=$(realpath "$RESOURCE_SERVER_BIN")
export PYTHON DOORWARD_BIN RESOURCE_SERVER_BIN

cd "$here"
exec node --test --test-concurrency=1 --test-reporter=spec ./*.test.js
