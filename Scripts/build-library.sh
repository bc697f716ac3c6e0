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
modules=$(swift package describe --type json | python3 -c '
import json, sys

targets = {target["name"]: target.get("target_dependencies", []) for target in json.load(sys.stdin)["targets"]}
needed, open_ = set(), ["CInterface"]
while open_:
    name = open_.pop()
    if name not in needed:
        needed.add(name)
        open_ += targets.get(name, [])
print(*sorted(needed))
')
mkdir -p "$folder"
list=$folder/objects.txt
: > "$list"
for module in $modules; do
    if [ -d "$products/$module.build" ]; then find "$products/$module.build" -name '*.o' >> "$list"; fi
done
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
echo "$PWD/$folder/libmetatape.so"
