#!/bin/bash
# Puts the peers into a Python environment. One that cannot be had is named and left out.
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
