#!/usr/bin/env bash
# Fuzzes every target, one after the other, or those that are named:
#
#   fuzz/run.sh [TARGET…]
#
# FUZZ_SECONDS (60) is for how long each, FUZZ_RUNS for how many inputs instead. What was found worth keeping stands in
# target/fuzz/corpus, and is begun with the next time; an input that breaks a target, in target/fuzz/artifacts.
set -euo pipefail
cd "$(dirname "$0")/.."

home=$PWD/target/fuzz
built=${FUZZ_TARGET_DIR:-$home}
# What counts the branches that an input takes is a flag that a stable compiler keeps to itself. Of memory Rust takes
# care here (no unsafe code), so there is no sanitizer to wait for.
RUSTC_BOOTSTRAP=1 target/tools/bin/cargo-fuzz build --sanitizer none --target-dir "$built"

bound=(-max_total_time="${FUZZ_SECONDS:-60}")
[[ -z ${FUZZ_RUNS:-} ]] || bound=(-runs="$FUZZ_RUNS")
targets=("$@")
[[ $# -gt 0 ]] || mapfile -t targets < <(target/tools/bin/cargo-fuzz list)
triple=$(rustc -vV | sed -n 's/^host: //p')

failed=()
for target in "${targets[@]}"; do
    mkdir -p "$home/corpus/$target" "$home/artifacts/$target"
    seeds=()
    [[ ! -d fuzz/seeds/$target ]] || seeds=("fuzz/seeds/$target")
    log=$home/$target.log
    echo "== $target"
    "$built/$triple/release/$target" "$home/corpus/$target" "${seeds[@]}" "${bound[@]}" -dict=fuzz/dictionary.txt \
        -max_len=4096 -timeout=20 -rss_limit_mb=4096 -print_final_stats=1 \
        -artifact_prefix="$home/artifacts/$target/" >"$log" 2>&1 || failed+=("$target")
    grep -E 'panicked at|ERROR|SUMMARY|Test unit written|number_of_executed_units|average_exec' "$log"
done
if [[ ${#failed[@]} -gt 0 ]]; then
    echo "An input breaks: ${failed[*]}" >&2
    exit 1
fi
