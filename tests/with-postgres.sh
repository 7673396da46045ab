#!/usr/bin/env bash
# Runs a command beside a PostgreSQL of its own, which ends with it.
#
#   tests/with-postgres.sh COMMAND…   runs the command with DOORWARD_TEST_POSTGRES_URL set, and exits as it does
#   tests/with-postgres.sh --durable COMMAND…   the same, with a server that does not lose what was committed
#   tests/with-postgres.sh --control ARGUMENTS…   runs pg_ctl with them, as the owner of such a server
#   tests/with-postgres.sh --find     prints the folder of PostgreSQL's server binaries, or fails
#
# Where DOORWARD_TEST_POSTGRES_URL is set already, that server is used and none is started.
set -euo pipefail

find_binaries() {
    local folder newest
    newest=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -Vr)
    for folder in "$(pg_config --bindir 2>/dev/null || true)" $newest ${PATH//:/ }; do
        if [[ -x $folder/initdb && -x $folder/pg_ctl && -x $folder/postgres ]]; then
            # Debian puts links into the PATH; the server looks for its other parts beside the real file.
            dirname "$(realpath "$folder/postgres")"
            return
        fi
    done
    echo "No PostgreSQL server binaries here: run 'make setup', or set DOORWARD_TEST_POSTGRES_URL." >&2
    return 1
}

if [[ ${1:-} == --find ]]; then
    find_binaries
    exit
fi
durability="-c fsync=off -c full_page_writes=off"
if [[ ${1:-} == --durable ]]; then
    durability=
    shift
fi
if [[ -n ${DOORWARD_TEST_POSTGRES_URL:-} ]]; then
    exec "$@"
fi

bin=$(find_binaries)

# PostgreSQL refuses to run as root.
as_owner() { (cd / && "$@"); }
owner=
if [[ $(id -u) == 0 ]]; then
    owner=$(id -un postgres 2>/dev/null || echo nobody)
    if command -v runuser >/dev/null; then
        as_owner() { (cd / && runuser -u "$owner" -- "$@"); }
    else
        as_owner() { (cd / && su -s /bin/sh "$owner" -c "$(printf '%q ' "$@")"); }
    fi
fi
if [[ ${1:-} == --control ]]; then
    shift
    as_owner "$bin/pg_ctl" "$@" >/dev/null
    exit
fi
home=$(mktemp -d "${TMPDIR:-/tmp}/doorward-postgres.XXXXXX")
[[ -z $owner ]] || chown "$owner" "$home"

child=
stop() {
    [[ -z $child ]] || kill -TERM -- "-$child" 2>/dev/null || true
    # By the id in the server's own folder; there is no other that this could meet.
    [[ ! -f $home/data/postmaster.pid ]] || as_owner "$bin/pg_ctl" stop -D "$home/data" -m immediate -s || true
    rm -rf "$home"
}
trap stop EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

as_owner "$bin/initdb" -D "$home/data" -U doorward -A trust -E UTF8 --locale=C --no-sync >"$home/log" 2>&1 ||
    { cat "$home/log" >&2; exit 1; }
# What a crash would lose is thrown away anyway; --durable is for whoever measures what a commit costs. Someone may take
# the port before the server does: then another one.
for _ in 1 2 3 4 5 6 7 8 9 10; do
    port=$((15432 + RANDOM % 10000))
    options="-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300"
    options+=" $durability"
    if as_owner "$bin/pg_ctl" start -D "$home/data" -l "$home/data/server.log" -o "$options" -w -s 2>>"$home/log"; then
        break
    fi
    port=
done
if [[ -z $port ]]; then
    cat "$home/log" "$home/data/server.log" >&2
    exit 1
fi

export DOORWARD_TEST_POSTGRES_URL="postgres://doorward@127.0.0.1:$port/postgres"
# The command gets a process group of its own (-m), so that a signal ends all that it has started.
set -m
"$@" </dev/null &
child=$!
set +m
status=0
wait "$child" || status=$?
child=
exit "$status"
