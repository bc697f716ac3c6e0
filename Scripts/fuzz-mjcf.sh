#!/bin/bash
# Reads, compiles and steps many mutated model files in one process: fuzz-mjcf.sh [ROUNDS [SEED]].
set -euo pipefail
cd "$(dirname "$0")/.."
export METATAPE_FUZZ_ROUNDS=${1:-100000} METATAPE_FUZZ_SEED=${2:-1}
exec swift test -c release -Xswiftc -enable-testing --filter FuzzTests
