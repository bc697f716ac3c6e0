#!/bin/bash
# Compares the Swift code on pages with the compiled files it comes from.
#
#   Scripts/check-snippets.sh            fails if they differ
#   Scripts/check-snippets.sh --update   copies the code of the files into the pages
#
# Every block of Swift code on a page, or in a doc comment, has one of these lines before it:
#
#   <!-- snippet: FILE -->               the whole file
#   <!-- snippet: FILE#NAME -->          its lines between '// snippet: NAME' and '// end snippet'
#   <!-- not compiled: REASON -->        signatures and the like
set -euo pipefail
cd "$(dirname "$0")/.."

updates=false
if [ "${1:-}" = "--update" ]; then updates=true; fi

# Prints a page with its blocks replaced by the code of the files; errors go to standard error.
rewrite() {
  awk '
    function fail(text) { printf "%s:%d: %s\n", FILENAME, FNR, text > "/dev/stderr"; failed = 1 }

    # the lines of a snippet, without their common indentation
    function show(place, prefix,    parts, name, line, isInside, isFound, indent) {
      split(place, parts, "#")
      name = substr(place, length(parts[1]) + 2)
      isInside = name == ""
      while ((getline line < parts[1]) > 0) {
        if (line ~ /^ *\/\/ snippet: /) {
          if (name != "" && substr(line, index(line, "snippet: ") + 9) == name) {
            isInside = isFound = 1
            indent = index(line, "/") - 1
          }
        } else if (line ~ /^ *\/\/ end snippet$/) {
          if (name != "") isInside = 0
        } else if (isInside) {
          isFound = 1
          line = prefix substr(line, indent + 1)
          sub(/ +$/, "", line)
          print line
        }
      }
      close(parts[1])
      if (!isFound) fail("there is no snippet " place)
    }

    {
      text = $0
      match(text, /^ *\/\/\/ ?/)
      prefix = RLENGTH > 0 ? substr(text, 1, RLENGTH) : ""
      if (isSource && prefix == "") { marker = ""; isFenced = 0; print; next }
      if (!isSource) prefix = ""
      text = substr(text, length(prefix) + 1)
    }
    isFenced {
      if (text == "```") isFenced = isReplaced = 0
      if (!isReplaced) print
      next
    }
    text ~ /^```/ {
      print
      isFenced = 1
      if (text == "```swift") {
        if (marker == "") fail("a block of Swift code without a marker for its source file")
        else if (marker != "-") { show(marker, prefix); isReplaced = 1 }
      }
      marker = ""
      next
    }
    {
      print
      if (text ~ /^<!-- snippet: .* -->$/) marker = substr(text, 15, length(text) - 18)
      else if (text ~ /^<!-- not compiled: .+ -->$/) marker = "-"
      else if (text != "") marker = ""
    }
    END { exit failed }
  ' isSource="$([[ "$1" == *.swift ]] && echo 1 || echo 0)" "$1"
}

result=$(mktemp)
trap 'rm -f "$result"' EXIT
status=0
while IFS= read -r page; do
  if ! grep -q '```swift' "$page"; then continue; fi
  if ! rewrite "$page" > "$result"; then
    status=1
  elif ! cmp -s "$page" "$result"; then
    if $updates; then
      cat "$result" > "$page"
      echo "Updated $page."
    else
      diff -u --label "$page" --label "the files it shows" "$page" "$result" || true
      status=1
    fi
  fi
done < <(git ls-files --cached --others --exclude-standard '*.md' 'Sources/*.swift')
if [ $status -ne 0 ]; then
  echo "Pages and code differ: fix the marker, or run Scripts/check-snippets.sh --update." >&2
fi
exit $status
