#!/bin/bash
# Creates a Python environment. Installs Debian's python3-venv if it is missing.
#
#   Scripts/python-environment.sh FOLDER
set -euo pipefail

if [ -x "$1/bin/pip" ] || python3 -m venv "$1" 2>/dev/null; then exit; fi
if ! command -v apt-get >/dev/null; then
  echo "Python 3 with its module venv is missing: install it with your package manager." >&2
  exit 1
fi
sudo=""
if [ "$(id -u)" -ne 0 ]; then sudo="sudo"; fi
$sudo apt-get update -qq
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null
python3 -m venv --clear "$1"
