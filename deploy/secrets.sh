#!/usr/bin/env bash
# Makes the secrets of the compose files, once: deploy/secrets/master, database_password and database_url. What is there
# already stays as it is.
set -euo pipefail

cd "$(dirname "$0")"
# The folder keeps everybody else out. The files are mounted into containers whose users are not ours, one by one.
mkdir -p secrets
chmod 700 secrets
umask 022

make_once() {
    [[ -s $1 ]] || printf '%s' "$2" >"$1"
}

make_once secrets/master "$(openssl rand -hex 32)"
make_once secrets/database_password "$(openssl rand -hex 24)"
make_once secrets/database_url "postgres://doorward:$(cat secrets/database_password)@postgres/doorward"
