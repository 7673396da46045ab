#!/usr/bin/env bash
# Sees to it that the tests find a mail server that is not ours: aiosmtpd, in a folder of its own under target/. Prints
# the Python that has it.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../.." && pwd)/target/tools/smtp
if cmp -s "$here/requirements.txt" "$home/requirements.txt"; then
    echo "$home/bin/python"
    exit
fi

make_home() {
    rm -rf "$home"
    python3 -m venv "$home" >/dev/null 2>&1
}

# Debian and Ubuntu ship Python without what makes such folders.
if ! make_home; then
    root=()
    [[ $(id -u) == 0 ]] || root=(sudo)
    if ! command -v apt-get >/dev/null; then
        echo "The tests need Python 3.9 or newer with its module venv. Install it, and run this again." >&2
        exit 1
    fi
    echo "The tests need Python with its module venv: installing it." >&2
    "${root[@]}" apt-get update >&2
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3-venv >&2
    make_home
fi

"$home/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: --require-hashes \
    --requirement "$here/requirements.txt" >&2
cp "$here/requirements.txt" "$home/requirements.txt"
echo "$home/bin/python"
