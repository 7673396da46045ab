#!/usr/bin/env bash
# Lays out what an image holds: FOLDER/root with the binary and the parts of glibc that it is linked with, and
# FOLDER/writable with the folders that it may write to.
#
#   deploy/image-root.sh BINARY FOLDER
set -euo pipefail

binary=$1 folder=$2
mkdir -p "$folder/root/etc" "$folder/writable/data"
install -m 755 "$binary" "$folder/root/doorward"

# The loader stands where the binary names it, the others where the loader looks for them.
ldd "$binary" | grep --only-matching '/[^ ]*' | while read -r library; do
    install -D -m 755 "$(realpath "$library")" "$folder/root$library"
done

# /etc/hosts first, then the DNS: glibc does both by itself and loads nothing for them.
echo "hosts: files dns" >"$folder/root/etc/nsswitch.conf"
