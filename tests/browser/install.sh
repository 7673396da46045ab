#!/usr/bin/env bash
# Sees to it that the tests in a browser find Node.js, npm, a Chromium and a font, and installs their packages into a
# folder of their own under target/. CHROMIUM names another Chromium. Prints the Chromium.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../.." && pwd)/target/tools/browser

has_node() {
    [[ $(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/') -ge 20 ]]
}

find_chromium() {
    if [[ -n ${CHROMIUM:-} ]]; then
        command -v "$CHROMIUM"
        return
    fi
    local mac="/Applications/Chromium.app/Contents/MacOS/Chromium"
    command -v chromium || command -v chromium-browser || command -v google-chrome || command -v "$mac"
}

# Without a font there is no text to look at. Where there is no fontconfig, the system has its own.
has_font() {
    ! command -v fc-list >/dev/null || [[ -n $(fc-list | head -n 1) ]]
}

look() {
    missing=()
    has_node || missing+=(nodejs)
    command -v npm >/dev/null || missing+=(npm)
    find_chromium >/dev/null || missing+=(chromium)
    has_font || missing+=(fonts-dejavu-core)
}

look
root=()
[[ $(id -u) == 0 ]] || root=(sudo)
if [[ -n ${missing[*]-} ]] && command -v apt-get >/dev/null && { [[ $(id -u) == 0 ]] || command -v sudo >/dev/null; }
then
    echo "The tests in a browser need ${missing[*]}: installing." >&2
    "${root[@]}" apt-get update >&2
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        "${missing[@]}" fonts-dejavu-core >&2
    look
fi

if [[ -n ${missing[*]-} ]]; then
    if command -v apt-get >/dev/null; then install="apt-get install nodejs npm chromium fonts-dejavu-core"
    elif command -v dnf >/dev/null; then install="${root[*]} dnf install nodejs npm chromium dejavu-sans-fonts"
    elif command -v pacman >/dev/null; then install="${root[*]} pacman -S nodejs npm chromium ttf-dejavu"
    elif command -v apk >/dev/null; then install="${root[*]} apk add nodejs npm chromium font-dejavu"
    elif command -v zypper >/dev/null; then install="${root[*]} zypper install nodejs npm chromium dejavu-fonts"
    elif command -v brew >/dev/null; then install="brew install node && brew install --cask chromium"
    else install="install Node.js 20 or newer, npm and Chromium"
    fi
    cat >&2 <<END
The tests in a browser need Node.js 20 or newer, npm, a Chromium and a font. Missing: ${missing[*]}.
Install them, and run this again:

    ${install# }

or name a Chromium that is elsewhere: CHROMIUM=/path/to/chromium
END
    exit 1
fi

# What was installed is noted last: a set-up that broke off is made again.
if ! cmp -s "$here/package-lock.json" "$home/installed.json"; then
    rm -rf "$home"
    mkdir -p "$home"
    cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$home"
    (cd "$home" && npm ci --no-audit --no-fund --ignore-scripts) >&2
    cp "$here/package-lock.json" "$home/installed.json"
fi
find_chromium
