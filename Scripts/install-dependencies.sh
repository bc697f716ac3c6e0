#!/bin/bash
# Installs the C libraries that MetaTape links, if they are missing: OpenBLAS, LAPACKE and expat, and
# with the argument 'mpi' also Open MPI. With '--has-mpi' it installs nothing and succeeds if Open MPI is
# available.
set -euo pipefail

# a Swift toolchain includes clang, but not always as cc
compiler="${CC:-$(command -v clang || command -v cc || true)}"
if [ -z "$compiler" ]; then
  echo "There is no C compiler: neither clang, which a Swift toolchain includes, nor cc is on the PATH." >&2
  exit 1
fi

# links PROGRAM FLAGS...: succeeds if a program can be built
links() {
  local text="$1" program status=0
  shift
  program=$(mktemp)
  printf '%s' "$text" | "$compiler" -x c - "$@" -o "$program" 2>/dev/null || status=$?
  rm -f "$program"
  return $status
}

has_openblas() {
  links $'#include <cblas.h>\n#include <lapacke.h>\nint main(void) { return 0; }\n' -lopenblas -llapacke
}

has_expat() {
  links $'#include <expat.h>\nint main(void) { return XML_ExpatVersionInfo().major == 0; }\n' -lexpat
}

has_openmpi() {
  # shellcheck disable=SC2046
  command -v mpirun >/dev/null && command -v pkg-config >/dev/null && pkg-config --exists ompi-c &&
    links $'#include <mpi.h>\nint main(void) { return 0; }\n' $(pkg-config --cflags --libs ompi-c)
}

if [ "${1:-}" = --has-mpi ]; then
  has_openmpi
  exit
fi

# ensure NAME CHECK PACKAGES...
ensure() {
  local name="$1" check="$2" sudo=""
  shift 2
  if "$check"; then return; fi
  if ! command -v apt-get >/dev/null; then
    echo "MetaTape needs $name with its headers, on Debian the packages $*." >&2
    echo "Install it with your package manager: on Fedora 'dnf install openblas-devel lapack-devel expat-devel openmpi-devel'," >&2
    echo "on macOS 'brew install openblas lapack expat open-mpi'." >&2
    exit 1
  fi
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      echo "Installing packages needs root: run 'apt-get install $*' as root." >&2
      exit 1
    fi
    sudo="sudo"
  fi
  echo "Installing $* ..."
  $sudo apt-get update -qq
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
  if ! "$check"; then
    echo "$name was installed, but linking a program with it fails." >&2
    exit 1
  fi
}

ensure "OpenBLAS and LAPACKE" has_openblas libopenblas-dev liblapacke-dev pkg-config
ensure "expat" has_expat libexpat1-dev pkg-config
if [ "${1:-}" = mpi ]; then ensure "Open MPI" has_openmpi libopenmpi-dev openmpi-bin pkg-config; fi
