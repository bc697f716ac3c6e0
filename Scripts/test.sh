#!/bin/bash
# Everything that must hold, in one release-mode build of the tests.
set -euo pipefail
cd "$(dirname "$0")/.."

flags=(-c release -Xswiftc -enable-testing)

# Tests that need Python packages find them here; without Python they are skipped with a message.
if [ -z "${METATAPE_PYTHON:-}" ] && [ -n "${CI:-}" ]; then
  Scripts/python-environment.sh .venv
  .venv/bin/pip install --quiet safetensors==0.6.2 numpy==2.4.6 gymnasium==1.4.0 \
    tensorboard==2.21.0
  export METATAPE_PYTHON="$PWD/.venv/bin/python"
  METATAPE_GYMNASIUM_ASSETS=$("$METATAPE_PYTHON" -c \
    'import gymnasium, os; print(os.path.join(os.path.dirname(gymnasium.__file__), "envs/mujoco/assets"))')
  export METATAPE_GYMNASIUM_ASSETS
fi

if command -v python3 >/dev/null; then
  echo "== Tests of the comparison with other programs"
  python3 -m unittest discover --start-directory Benchmarks/Peers
fi

echo "== Tests of the package"
swift build "${flags[@]}" --build-tests
if [ -n "${CI:-}" ] || command -v mpirun >/dev/null; then
  Scripts/install-dependencies.sh mpi
  echo "== The program for several processes"
  swift build -c release --traits MPI --scratch-path .build-mpi --product metatape
  METATAPE_MPI_PROGRAM="$(swift build -c release --traits MPI --scratch-path .build-mpi \
    --show-bin-path)/metatape"
  export METATAPE_MPI_PROGRAM
fi
METATAPE_PROGRAM="$(swift build "${flags[@]}" --show-bin-path)/metatape"
export METATAPE_PROGRAM
swift test "${flags[@]}" --skip-build

echo "== Examples: a package that uses MetaTape as a user's would"
swift test --package-path Docs/Examples "${flags[@]}"

echo "== Documentation"
Scripts/build-docs.sh
