#!/bin/bash
# Installs the peers into a Python environment. Those that cannot be installed are named and skipped.
#
#   Benchmarks/Peers/set-up.sh FOLDER
set -euo pipefail
environment=$1
peers=$(dirname "$0")

"$peers/../../Scripts/python-environment.sh" "$environment"
for requirements in "$peers"/requirements-*.txt; do
  if ! "$environment/bin/pip" install --quiet --requirement "$requirements"; then
    echo "$requirements could not be installed: its rows will say 'not measured'." >&2
  fi
done
