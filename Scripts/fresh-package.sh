#!/bin/bash
# Follows the tutorial 'Write a policy' literally: writes the files on the page into an empty folder,
# lets SwiftPM resolve MetaTape there, builds and runs.
#
#   Scripts/fresh-package.sh [--mpi]
#
# SwiftPM uses the last commit of this clone instead of the published URL. With --mpi the manifest
# enables the trait MPI, which needs Open MPI. SwiftPM's build folder is kept between calls.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
page=$root/Docs/Tutorials/Write-a-policy.md
folder=$root/.build-fresh/Navigator

# write each block of the page to the file named before it
rm -rf "$folder/Package.swift" "$folder/Package.resolved" "$folder/Sources"
mkdir -p "$folder/Sources/Navigator"
awk -v folder="$folder" '
  /^<!-- snippet: .* -->$/ {
    count = split(substr($0, 15, length($0) - 18), parts, "/")
    file = parts[count]
    target = folder (file == "Package.swift" ? "/" : "/Sources/Navigator/") file
  }
  isFenced && $0 == "```" { isFenced = 0; close(target); target = "" }
  isFenced { print > target }
  $0 == "```swift" && target != "" { isFenced = 1 }
' "$page"
if [ "${1:-}" = "--mpi" ]; then
  cp "$root/Docs/Examples/NavigatorMPI/Package.swift" "$folder/Package.swift"
fi

cd "$folder"
sed -i.bak "s/branch: \"main\"/revision: \"$(git -C "$root" rev-parse HEAD)\"/" Package.swift
rm Package.swift.bak
swift package config set-mirror --original https://github.com/metatape/metatape \
  --mirror "file://$root"
swift run -c release
