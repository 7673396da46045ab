#!/usr/bin/env bash
# Changes domain and sign-in in one small way after the other, and sees whether a test fails each time: what no test
# notices stands in target/mutants/*/mutants.out/missed.txt.
set -euo pipefail
cd "$(dirname "$0")/.."

mutants() {
    local name=$1
    shift
    mkdir -p "target/mutants/$name"
    target/tools/bin/cargo-mutants mutants --baseline=skip --timeout 300 --output "target/mutants/$name" "$@"
}

# Code that no test runs would be found too late: all must pass before anything is changed.
cargo test -p doorward-domain -p doorward-application

# 2: some were missed, 3: some ran out of time. Both are for a person to read.
status=0
mutants domain --package doorward-domain || status=$?
mutants auth --package doorward-application --file 'crates/application/src/auth/**' || status=$?
wc -l target/mutants/*/mutants.out/{caught,missed,timeout,unviable}.txt
exit "$status"
