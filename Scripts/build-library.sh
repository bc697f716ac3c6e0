#!/bin/sh
# Builds libmetatape.so: the C interface with Swift's runtime inside, so that whoever loads it needs no Swift.
#
# Usage: Scripts/build-library.sh FOLDER [options of 'swift build']
#
# SwiftPM's option for a static runtime does not apply to dynamic products: the objects of the targets that the
# interface needs are linked here.
set -eu
cd "$(dirname "$0")/.."
folder=$1
shift
swift build -c release --target CInterface "$@"
products=$(swift build -c release --show-bin-path "$@")
mkdir -p "$folder"
list=$folder/objects.txt
# by their sources: the folder of objects keeps those of files that are gone
swift package describe --type json | python3 -c '
import json, sys

targets = {target["name"]: target for target in json.load(sys.stdin)["targets"]}
needed, found = ["CInterface"], set()
while needed:
    name = needed.pop()
    if name in found or targets[name]["module_type"] == "SystemLibraryTarget":
        continue
    found.add(name)
    needed += targets[name].get("target_dependencies", [])
for name in sorted(found):
    for source in targets[name]["sources"]:
        print(f"{sys.argv[1]}/{name}.build/{source.rsplit(chr(47))[-1]}.o")
' "$products" > "$list"
exports=$folder/exports.map
printf '{ global: metatape_*; local: *; };\n' > "$exports"
# Small libraries come along: a folder that is searched first has their archives.
archives=$folder/archives
mkdir -p "$archives"
for name in lapacke expat; do
    archive=$(pkg-config --variable=libdir "$name")/lib$name.a
    if [ -f "$archive" ]; then ln -sf "$archive" "$archives/"; fi
done
# undefined symbols are an error here; without the option they are one when the library is loaded
swiftc -emit-library -static-stdlib -O -o "$folder/linked.so" "@$list" \
    -L "$archives" -l_FoundationCShims -l_FoundationCollections -Xlinker --no-undefined \
    -Xlinker --as-needed -Xlinker --gc-sections -Xlinker "--version-script=$exports" -Xlinker -s
# a process may have the former file mapped
mv "$folder/linked.so" "$folder/libmetatape.so"
rm -r "$list" "$exports" "$archives"
echo "$folder/libmetatape.so"
