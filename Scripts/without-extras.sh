#!/bin/bash
# Runs a command as on a machine with only a Swift toolchain: without the environment variables of
# continuous integration, and with Open MPI and Python packages hidden.
#
#   Scripts/without-extras.sh COMMAND...
set -euo pipefail

hidden=$(mktemp -d)
trap 'rm -rf "$hidden"' EXIT
mkdir "$hidden/bin" "$hidden/pkgconfig"

# every program on the PATH except Open MPI's; the first of each name wins
IFS=: read -ra folders <<<"$PATH"
for folder in "${folders[@]}"; do
  for file in "$folder"/*; do
    name=${file##*/}
    case "$name" in
      mpi* | ompi* | opal* | orte* | oshmem* | shmem* | pkg-config) continue ;;
    esac
    if [ -x "$file" ] && [ ! -e "$hidden/bin/$name" ]; then ln -s "$file" "$hidden/bin/$name"; fi
  done
done

# pkg-config, if available, with all descriptions except Open MPI's
if found=$(command -v pkg-config); then
  IFS=: read -ra folders <<<"$("$found" --variable pc_path pkg-config)"
  for folder in "${folders[@]}"; do
    for file in "$folder"/*.pc; do
      case "${file##*/}" in ompi* | mpi* | orte* | oshmem*) continue ;; esac
      if [ -e "$file" ] && [ ! -e "$hidden/pkgconfig/${file##*/}" ]; then
        ln -s "$file" "$hidden/pkgconfig/"
      fi
    done
  done
  cat >"$hidden/bin/pkg-config" <<SCRIPT
#!/bin/sh
if [ "\$*" = "--variable pc_path pkg-config" ]; then echo "$hidden/pkgconfig"; exit; fi
PKG_CONFIG_LIBDIR="$hidden/pkgconfig" exec "$found" "\$@"
SCRIPT
  chmod +x "$hidden/bin/pkg-config"
fi

env -u CI -u METATAPE_PYTHON -u METATAPE_GYMNASIUM_ASSETS -u METATAPE_MPI_PROGRAM \
  -u PKG_CONFIG_PATH PATH="$hidden/bin" "$@"
