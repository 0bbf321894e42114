#!/usr/bin/env bash
# Times a cold build of the workspace in a target folder of its own, and the peak memory of its largest process.
# Dependencies must have been downloaded (`cargo fetch`), so that the network is not measured.
set -euo pipefail
cd "$(dirname "$0")/.."

target=$(mktemp -d)
trap 'rm -rf "$target"' EXIT
cargo fetch --locked --quiet

timer=()
if [ -x /usr/bin/time ]; then
    timer=(/usr/bin/time -f "peak memory of the largest process: %M KiB")
else
    echo "no /usr/bin/time here: peak memory is not measured" >&2
fi

start=$(date +%s)
"${timer[@]}" cargo build --workspace --locked --quiet --target-dir "$target"
echo "cold build: $(($(date +%s) - start)) s on $(getconf _NPROCESSORS_ONLN) cores"
du -sh "$target" | awk '{ print "target folder: " $1 }'
ls -l "$target/debug/mf" | awk '{ printf "binary: %.0f MB\n", $5 / 1e6 }'
