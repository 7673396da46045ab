#!/usr/bin/env bash
# Sees to it that the tests find an nginx, and prints where it is: the machine's own, or on Debian and Ubuntu the
# distribution's under target/, unpacked and not installed, because that would start a web server on port 80. NGINX
# names another one.
set -euo pipefail

home=$(cd "$(dirname "$0")/../.." && pwd)/target/tools/nginx

find_nginx() {
    local candidate
    for candidate in "${NGINX:-}" nginx /usr/sbin/nginx /usr/local/sbin/nginx "$home/usr/sbin/nginx"; do
        if [[ -n $candidate ]] && "$candidate" -v >/dev/null 2>&1; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

find_nginx && exit

unpack() {
    local folder
    folder=$(mktemp -d "${TMPDIR:-/tmp}/doorward-nginx.XXXXXX")
    (cd "$folder" && apt-get download nginx) >&2 && dpkg -x "$folder"/nginx_*.deb "$home"
    local status=$?
    rm -rf "$folder"
    return "$status"
}

root=()
[[ $(id -u) == 0 ]] || root=(sudo)
if command -v apt-get >/dev/null && command -v dpkg >/dev/null; then
    echo "The tests need nginx: unpacking it under target/." >&2
    if ! unpack && { [[ $(id -u) == 0 ]] || command -v sudo >/dev/null; }; then
        "${root[@]}" apt-get update >&2
        unpack || true
    fi
    find_nginx && exit
fi

if command -v apt-get >/dev/null; then install="apt-get install nginx"
elif command -v dnf >/dev/null; then install="${root[*]} dnf install nginx"
elif command -v pacman >/dev/null; then install="${root[*]} pacman -S nginx"
elif command -v apk >/dev/null; then install="${root[*]} apk add nginx"
elif command -v zypper >/dev/null; then install="${root[*]} zypper install nginx"
elif command -v brew >/dev/null; then install="brew install nginx"
else install="install nginx"
fi
cat >&2 <<END
The tests need nginx. Install it, and run this again:

    ${install# }

or name one that is elsewhere: NGINX=/path/to/nginx
END
exit 1
