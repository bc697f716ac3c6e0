#!/bin/bash
# Runs all tests, in one release-mode build.
#
#   Scripts/test.sh            for users: tests that need Open MPI or Python packages are skipped,
#                              with a message, if these are missing
#   Scripts/test.sh --extras   installs Open MPI and the Python packages, then runs the tests that
#                              the first call skipped, reusing its build
set -euo pipefail
cd "$(dirname "$0")/.."

flags=(-c release -Xswiftc -enable-testing)
METATAPE_PROGRAM="$(swift build "${flags[@]}" --show-bin-path)/metatape"
export METATAPE_PROGRAM

build_for_several_processes() {
  local build=(swift build -c release --traits MPI --scratch-path .build-mpi)
  echo "== Building the program with MPI"
  "${build[@]}" --product metatape
  METATAPE_MPI_PROGRAM="$("${build[@]}" --show-bin-path)/metatape"
  export METATAPE_MPI_PROGRAM
}

if [ "${1:-}" = --extras ]; then
  Scripts/python-environment.sh .venv
  .venv/bin/pip install --quiet safetensors==0.6.2 numpy==2.4.6 gymnasium==1.4.0 \
    tensorboard==2.21.0 PyYAML==6.0.3 jax==0.10.2 jaxlib==0.10.2 pytest==8.4.2
  export METATAPE_PYTHON="$PWD/.venv/bin/python"
  METATAPE_GYMNASIUM_ASSETS=$("$METATAPE_PYTHON" -c \
    'import gymnasium, os; print(os.path.join(os.path.dirname(gymnasium.__file__), "envs/mujoco/assets"))')
  export METATAPE_GYMNASIUM_ASSETS
  echo "== Examples of estimators in other languages"
  "$METATAPE_PYTHON" -m pytest -q -p no:cacheprovider Docs/Examples/External
  Scripts/install-dependencies.sh mpi
  build_for_several_processes
  build=(swift build --package-path Docs/Examples -c release --traits MPI
    --scratch-path .build-mpi-examples)
  echo "== Building the example with MPI"
  "${build[@]}" --product OwnComponents
  METATAPE_MPI_EXAMPLE="$("${build[@]}" --show-bin-path)/OwnComponents"
  export METATAPE_MPI_EXAMPLE
  echo "== Tests of the package, with Open MPI and Python"
  swift build "${flags[@]}" --build-tests
  # these take minutes, need neither, and have just been run
  swift test "${flags[@]}" --skip-build --skip ResumeTests --skip ConvergenceTests
  swift test --package-path Docs/Examples "${flags[@]}" --filter twoProcessesGetTheSameBits
  exit
fi

if command -v python3 >/dev/null; then
  echo "== Tests of the comparison with other programs, and of cost against size"
  python3 -m unittest discover --start-directory Benchmarks/Peers
  python3 -m unittest discover --start-directory Benchmarks/Scaling
  python3 -m unittest discover --start-directory Benchmarks/Precision
else
  echo "== Skipping the tests of the benchmarks: there is no python3"
fi

echo "== Tests of the package"
swift build "${flags[@]}" --build-tests
if Scripts/install-dependencies.sh --has-mpi; then build_for_several_processes; fi
swift test "${flags[@]}" --skip-build

if python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
  echo "== The Python package, as a wheel in a fresh environment"
  Scripts/build-wheel.sh "${flags[@]:2}"
  Scripts/test-wheel.sh
else
  echo "== Skipping the Python package: there is no Python of 3.10 or later"
fi

echo "== Examples: a package that uses MetaTape as a user's package would"
swift test --package-path Docs/Examples "${flags[@]}"

echo "== Documentation"
Scripts/build-docs.sh
