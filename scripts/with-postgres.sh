#!/usr/bin/env bash
# Runs a command with SKALD_TEST_POSTGRES_URL set to a PostgreSQL server that may be filled and emptied at will.
#   scripts/with-postgres.sh cargo nextest run -p skald-canon
#   scripts/with-postgres.sh --find      prints where the server comes from; fails with the reason when there is none
# The server is the one in SKALD_TEST_POSTGRES_URL or DATABASE_URL, else a private one: a cluster in a temporary folder,
# reachable only through a socket in it, deleted afterwards. A server that runs on this machine is never touched.
set -euo pipefail

# What the design promises to work with.
readonly POSTGRES_AT_LEAST=15

given() {
    if [ -n "${SKALD_TEST_POSTGRES_URL:-}" ]; then
        echo "$SKALD_TEST_POSTGRES_URL"
        return 0
    fi
    case "${DATABASE_URL:-}" in
    postgres://* | postgresql://*) echo "$DATABASE_URL" ;;
    *) return 1 ;;
    esac
}

# Prints the folder of the newest complete set of server programs: distributions keep them out of PATH.
programs() {
    local folder major best='' best_major=0 found=''
    {
        if command -v initdb >/dev/null; then dirname "$(readlink -f "$(command -v initdb)")"; fi
        if command -v pg_config >/dev/null; then pg_config --bindir; fi
        printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/local/pgsql/bin
        printf '%s\n' /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin /opt/local/lib/postgresql*/bin
    } >"$folders"
    while IFS= read -r folder; do
        if [ ! -x "$folder/initdb" ] || [ ! -x "$folder/pg_ctl" ] || [ ! -x "$folder/postgres" ]; then continue; fi
        major=$("$folder/postgres" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')
        found="$found $major"
        if [ "$major" -gt "$best_major" ]; then
            best=$folder
            best_major=$major
        fi
    done <"$folders"
    if [ "$best_major" -lt "$POSTGRES_AT_LEAST" ]; then
        if [ -n "$found" ]; then
            echo "PostgreSQL $POSTGRES_AT_LEAST or newer is needed, found only:$found" >&2
        else
            echo "no PostgreSQL server programs (initdb, pg_ctl, postgres) and no DATABASE_URL" >&2
        fi
        return 1
    fi
    echo "$best"
}

# PostgreSQL refuses to run as root; then an account that owns nothing else runs it.
as_owner() {
    if [ -z "$owner" ]; then
        "$@"
    elif command -v runuser >/dev/null; then
        runuser -u "$owner" -- "$@"
    else
        # shellcheck disable=SC2016 # the inner shell expands them
        su -s /bin/sh "$owner" -c 'exec "$0" "$@"' -- "$@"
    fi
}

finish() {
    local status=$?
    trap - EXIT
    if [ -f "$place/data/postmaster.pid" ]; then
        (cd "$place" && as_owner "$bin/pg_ctl" stop -D "$place/data" -m immediate -w -s) || true
    fi
    rm -rf "$place"
    exit "$status"
}

if [ $# -eq 0 ]; then
    sed -n '2,6s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
    exit 2
fi

if url=$(given); then
    if [ "$1" = --find ]; then
        echo "the server in the environment"
        exit 0
    fi
    SKALD_TEST_POSTGRES_URL=$url exec "$@"
fi

# Not in TMPDIR: the name of a socket may have about 100 bytes, and some systems' TMPDIR is longer than that.
place=$(mktemp -d /tmp/skald-postgres.XXXXXX)
folders=$place/folders
owner='' bin=''
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

bin=$(programs)
if [ "$1" = --find ]; then
    echo "a private server from $bin"
    exit 0
fi

if [ "$(id -u)" -eq 0 ]; then
    owner=nobody
    if id -u postgres >/dev/null 2>&1; then owner=postgres; fi
    chown "$owner" "$place"
fi

# Locale C: code that leaned on the database's idea of letters would differ from SQLite, and fails here.
# Nothing is kept, so nothing is flushed to disk.
(
    cd "$place"
    as_owner "$bin/initdb" -D "$place/data" -U skald -A trust -E UTF8 --locale=C --no-sync >"$place/initdb.log" 2>&1 || {
        cat "$place/initdb.log" >&2
        exit 1
    }
    cat >>"$place/data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$place'
max_connections = 300
fsync = off
synchronous_commit = off
full_page_writes = off
CONF
    as_owner "$bin/pg_ctl" start -D "$place/data" -l "$place/data/server.log" -w -s >/dev/null || {
        cat "$place/data/server.log" >&2
        exit 1
    }
)

# The socket's folder stands where a host stands, its slashes encoded: the database's name stays the last part.
export SKALD_TEST_POSTGRES_URL="postgres://skald@${place//\//%2F}/postgres"
"$@"
