#!/bin/sh
# Tests the wheel of .build-wheel in a fresh environment with what its users have: NumPy, Gymnasium, MuJoCo.
set -eu
cd "$(dirname "$0")/.."
environment=.build-wheel/environment
rm -rf "$environment"
Scripts/python-environment.sh "$environment"
"$environment/bin/pip" install --quiet .build-wheel/metatape-*.whl "gymnasium[mujoco]==1.4.0" pytest==8.4.2 \
    ruff==0.14.6 "$@"
"$environment/bin/ruff" format --check Python
"$environment/bin/ruff" check Python
"$environment/bin/python" -m pytest -q -p no:cacheprovider Python/tests
