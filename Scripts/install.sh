#!/bin/bash
# Installs the program and its shell completions under a prefix, or removes them.
#
#   Scripts/install.sh PROGRAM PREFIX
#   Scripts/install.sh --remove PREFIX
set -euo pipefail
if [ $# -ne 2 ]; then
  echo "Usage: Scripts/install.sh PROGRAM PREFIX, or Scripts/install.sh --remove PREFIX" >&2
  exit 64
fi

program=$2/bin/metatape
bash=$2/share/bash-completion/completions/metatape
zsh=$2/share/zsh/site-functions/_metatape
fish=$2/share/fish/vendor_completions.d/metatape.fish

if [ "$1" = "--remove" ]; then
  rm -f "$program" "$bash" "$zsh" "$fish"
  echo "Removed metatape from $2."
  exit
fi

for file in "$program" "$bash" "$zsh" "$fish"; do mkdir -p "$(dirname "$file")"; done
install -m 755 "$1" "$program"
for shell in bash zsh fish; do
  "$program" --generate-completion-script "$shell" > "${!shell}"
done
echo "Installed metatape in $2/bin, and completions for bash, zsh and fish in $2/share."
