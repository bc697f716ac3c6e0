#!/bin/bash
# Installs the C libraries that MetaTape links: OpenBLAS and LAPACKE.
set -euo pipefail

# a Swift toolchain brings clang; it need not be called cc
compiler="${CC:-$(command -v clang || command -v cc || true)}"
if [ -z "$compiler" ]; then
  echo "There is no C compiler: neither clang, which a Swift toolchain brings, nor cc is on the PATH." >&2
  exit 1
fi

has_libraries() {
  local program
  program=$(mktemp)
  printf '#include <cblas.h>\n#include <lapacke.h>\nint main(void) { return 0; }\n' |
    "$compiler" -x c - -lopenblas -llapacke -o "$program" 2>/dev/null
  local status=$?
  rm -f "$program"
  return $status
}

if has_libraries; then exit 0; fi
if ! command -v apt-get >/dev/null; then
  echo "MetaTape needs OpenBLAS and LAPACKE with their headers (cblas.h, lapacke.h)." >&2
  echo "Install them with this system's package manager: on Fedora 'dnf install openblas-devel lapack-devel'," >&2
  echo "on macOS 'brew install openblas lapack', on Debian the packages libopenblas-dev and liblapacke-dev." >&2
  exit 1
fi
sudo=""
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "Installing packages needs root: run 'apt-get install libopenblas-dev liblapacke-dev' as root." >&2
    exit 1
  fi
  sudo="sudo"
fi
echo "Installing libopenblas-dev and liblapacke-dev ..."
$sudo apt-get update -qq
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
  libopenblas-dev liblapacke-dev pkg-config >/dev/null
if ! has_libraries; then
  echo "OpenBLAS and LAPACKE were installed, but a program cannot be linked with them." >&2
  exit 1
fi
