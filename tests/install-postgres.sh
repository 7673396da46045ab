#!/usr/bin/env bash
# Sees to it that the tests find a PostgreSQL: installs its server on Debian and Ubuntu, and elsewhere names the one
# command that does.
set -euo pipefail

if [[ -n ${DOORWARD_TEST_POSTGRES_URL:-} ]] || "$(dirname "$0")/with-postgres.sh" --find >/dev/null 2>&1; then
    exit
fi

root=()
[[ $(id -u) == 0 ]] || root=(sudo)
if command -v apt-get >/dev/null && { [[ $(id -u) == 0 ]] || command -v sudo >/dev/null; }; then
    echo "The tests need PostgreSQL's server binaries: installing them."
    "${root[@]}" apt-get update
    exec "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends postgresql
fi

if command -v apt-get >/dev/null; then install="apt-get install postgresql"
elif command -v dnf >/dev/null; then install="${root[*]} dnf install postgresql-server"
elif command -v pacman >/dev/null; then install="${root[*]} pacman -S postgresql"
elif command -v apk >/dev/null; then install="${root[*]} apk add postgresql"
elif command -v zypper >/dev/null; then install="${root[*]} zypper install postgresql-server"
elif command -v brew >/dev/null; then install="brew install postgresql"
else install="install the PostgreSQL server"
fi
cat >&2 <<END
The tests need PostgreSQL's server binaries. Install them, and run this again:

    ${install# }

or name a server that the tests may make databases on: DOORWARD_TEST_POSTGRES_URL=postgres://user@host/postgres
END
exit 1
