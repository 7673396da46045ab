#!/usr/bin/env bash
# Runs the tests in a browser: all of them, or the files that are named.
#
#   tests/browser/run.sh                      everything
#   tests/browser/run.sh flows.test.js        one file
#
# DOORWARD_BIN names the binary to test, CHROMIUM the browser. Pictures of what failed are put under
# target/browser-failures.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
CHROMIUM=$("$here/install.sh")
rm -rf "$here/../../target/browser-failures"
DOORWARD_BIN=${DOORWARD_BIN:-${CARGO_TARGET_DIR:-$here/../../target}/debug/doorward}
if [[ ! -x $DOORWARD_BIN ]]; then
    echo "There is no $DOORWARD_BIN: run 'cargo build -p doorward', or set DOORWARD_BIN." >&2
    exit 1
fi
DOORWARD_BIN=$(realpath "$DOORWARD_BIN")
export CHROMIUM DOORWARD_BIN

cd "$here"
[[ $# -gt 0 ]] || set -- *.test.js
exec node --test --test-concurrency=2 --test-reporter=spec "$@"
