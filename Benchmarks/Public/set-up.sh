#!/bin/bash
# Installs the packages that Docs/Public-estimators.md examines into a Python environment.
#
#   Benchmarks/Public/set-up.sh FOLDER
set -euo pipefail
environment=$1
public=$(dirname "$0")
pip=$environment/bin/pip

"$public/../../Scripts/python-environment.sh" "$environment"
"$pip" install --quiet --requirement "$public/requirements.txt"
"$pip" install --quiet --no-deps --requirement "$public/requirements-no-dependencies.txt"

# learn2learn has C code that does not compile with Python 3.11. What is called is Python alone.
packages=$("$environment/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
if ! [ -d "$packages/learn2learn" ]; then
  download=$(mktemp -d)
  trap 'rm -rf "$download"' EXIT
  "$pip" download --quiet --no-deps --no-binary learn2learn --dest "$download" learn2learn==0.2.0
  tar -xzf "$download/learn2learn-0.2.0.tar.gz" -C "$download"
  cp -R "$download/learn2learn-0.2.0/learn2learn" "$packages/"
fi
