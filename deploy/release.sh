#!/usr/bin/env bash
# Makes what is given away: dist/doorward-<version>-<target>.tar.gz with the binary, its bill of materials beside it,
# and SHA256SUMS over both.
#
#   deploy/release.sh          builds all of it and tries the binary out of the archive in an empty folder
#   deploy/release.sh build    builds the binary alone, as it is released, and prints where it is
#
# ABOUT and CYCLONEDX name cargo-about and cargo-cyclonedx; `make release` does.
set -euo pipefail

cd "$(dirname "$0")/.."
root=$PWD
: "${CARGO:=cargo}" "${CARGO_TARGET_DIR:=$root/target}" "${CARGO_HOME:=$HOME/.cargo}"
# A relative folder is meant from here, and is not to end up as such in the flags below.
mkdir -p "$CARGO_TARGET_DIR"
CARGO_TARGET_DIR=$(cd "$CARGO_TARGET_DIR" && pwd)
export CARGO_TARGET_DIR

# No more than this: what each machine fetches.
most_bytes=25000000
target=$(rustc -vV | sed -n 's/^host: //p')
version=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"$/\1/p' Cargo.toml)

fail() {
    echo "$*" >&2
    exit 1
}

# shellcheck disable=SC2046
# Where it is built is nobody's business, and another folder shall give the same bytes. Later ones win: what is inside
# of another folder comes after it. C code names its files in assertions.
build() {
    local flags=() separator=$'\x1f' pair
    local pairs=("$root=/doorward" "$CARGO_HOME=/cargo" "$CARGO_TARGET_DIR=/target")
    local c_flags=${CFLAGS:-}
    for pair in "${pairs[@]}"; do
        flags+=("--remap-path-prefix=$pair")
        c_flags+=" -ffile-prefix-map=$pair"
    done
    # A folder of its own: other flags would build everything anew each time.
    CARGO_TARGET_DIR=$CARGO_TARGET_DIR/dist CFLAGS=$c_flags SOURCE_DATE_EPOCH=0 CARGO_INCREMENTAL=0 \
        CARGO_ENCODED_RUSTFLAGS=$(IFS=$separator && echo "${flags[*]}") \
        "$CARGO" rustc --release --locked --package doorward --bin doorward --target "$target" -- \
        $(fold_arguments) >&2
    binary=$CARGO_TARGET_DIR/dist/$target/release/doorward
}

# Functions that came out the same are kept once, where the linker can do that: lld can.
fold_arguments() {
    local folder
    folder=$(mktemp -d)
    echo 'fn main() {}' >"$folder/probe.rs"
    if rustc -C link-arg=-Wl,--icf=all --target "$target" -o "$folder/probe" "$folder/probe.rs" 2>/dev/null; then
        echo "-C link-arg=-Wl,--icf=all"
    fi
    rm -rf "$folder"
}

# Paths of this machine in the binary.
check_paths() {
    local path
    for path in "$root" "$CARGO_HOME" "$CARGO_TARGET_DIR" "$HOME"; do
        # In a container that builds as root in /src, "/" says nothing.
        [[ ${#path} -gt 4 ]] || continue
        if grep --text --only-matching --max-count=3 "$path/[[:print:]]\{0,60\}" "$binary" >&2; then
            fail "The binary names a path of this machine, as above."
        fi
    done
}

check_size() {
    local bytes
    bytes=$(stat --format=%s "$binary")
    ((bytes <= most_bytes)) || fail "The binary has $bytes bytes; $most_bytes are the most."
    echo "binary: $bytes bytes of $most_bytes"
}

pack() {
    local name=$1 folder
    folder=$(mktemp -d)
    mkdir -p "$folder/$name/config"
    install -m 755 "$binary" "$folder/$name/doorward"
    install -m 644 config/default.toml config/production.example.toml "$folder/$name/config/"
    install -m 644 deploy/systemd/doorward.service README.md CHANGELOG.md SECURITY.md LICENSE-MIT LICENSE-APACHE \
        "$folder/$name/"
    "$ABOUT" generate --config deploy/licences/about.toml --manifest-path crates/server/Cargo.toml --target "$target" \
        --frozen --fail --output-file "$folder/$name/LICENCES-OF-OTHERS.txt" deploy/licences/list.hbs
    # The same files make the same archive.
    tar --create --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --directory "$folder" "$name" |
        gzip --no-name --best >"dist/$name.tar.gz"
    rm -rf "$folder"
}

# CycloneDX of what is built for this target into the binary, with licences and checksums of the sources.
bill_of_materials() {
    local name=$1 made=crates/server/doorward-bill.json
    SOURCE_DATE_EPOCH=0 "$CYCLONEDX" cyclonedx --manifest-path crates/server/Cargo.toml --format json --spec-version 1.5 \
        --target "$target" --no-build-deps --override-filename doorward-bill
    mv "$made" "dist/$name.cdx.json"
    # It writes one beside each crate of the house.
    rm -f crates/*/doorward-bill.json migrations/doorward-bill.json tests/doorward-bill.json
    if grep --quiet --fixed-strings "$root" "dist/$name.cdx.json"; then
        sed -i "s|path+file://$root|path+file:///doorward|g; s|file://$root|file:///doorward|g" "dist/$name.cdx.json"
    fi
    ! grep --fixed-strings --max-count=3 "$root" "dist/$name.cdx.json" >&2 || fail "The bill names a path of this machine."
}

# Out of the archive, in a folder with nothing else, without a variable of this shell.
try_out() {
    local name=$1 folder said
    folder=$(mktemp -d)
    tar --extract --gzip --file "dist/$name.tar.gz" --directory "$folder"
    (cd dist && sha256sum --check --quiet SHA256SUMS)
    mkdir "$folder/empty"
    said=$(cd "$folder/empty" && env -i "$folder/$name/doorward" --version)
    [[ $said == "doorward $version" ]] || fail "The binary says '$said', not 'doorward $version'."
    (cd "$folder/empty" && env -i "$folder/$name/doorward" check-config >/dev/null)
    (cd "$folder/empty" && env -i "$folder/$name/doorward" migrate up >/dev/null)
    [[ -s $folder/empty/data/doorward.db ]] || fail "The binary made no database."
    rm -rf "$folder"
    echo "unpacked and tried: $said"
}

build
if [[ ${1:-} == build ]]; then
    echo "$binary"
    exit
fi
check_paths
check_size
name=doorward-$version-$target
mkdir -p dist
rm -f dist/*
pack "$name"
bill_of_materials "$name"
(cd dist && sha256sum -- *.tar.gz *.cdx.json >SHA256SUMS)
try_out "$name"
ls -l dist
