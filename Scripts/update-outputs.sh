#!/usr/bin/env bash
# Runs the commands on a page and writes their output below them.
#
#   Scripts/update-outputs.sh Docs/Unbiasedness.md …
#
# Each place is marked by two comments on separate lines, 'output of: COMMAND' and 'end of output'.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH="$PWD/.build/release:$PATH"

for page in "$@"; do
  result=$(mktemp)
  skips=false
  while IFS= read -r line || [ -n "$line" ]; do
    if [[ "$line" == "<!-- end of output -->" ]]; then skips=false; fi
    if ! $skips; then printf '%s\n' "$line" >> "$result"; fi
    if [[ "$line" =~ ^\<!--\ output\ of:\ (.*)\ --\>$ ]]; then
      command="${BASH_REMATCH[1]}"
      echo "$page: $command" >&2
      skips=true
      { echo '```'; bash -c "$command" < /dev/null | sed -e 's/[[:space:]]*$//' -e '/./,$!d'; echo '```'; } \
        >> "$result"
    fi
  done < "$page"
  cat "$result" > "$page"
  rm "$result"
done
