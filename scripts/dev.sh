#!/usr/bin/env bash
# make dev: the debug server, and Vite in front of it, which reloads the page when a file under web/src is saved.
# Arguments go to `skald serve`. Ctrl-C ends both.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if lacking=$(scripts/web.sh missing); then
    echo "make dev needs $lacking." >&2
    exit 1
fi
scripts/web.sh install
mkdir -p web/dist
cargo build -p skald

server=''
finish() {
    if [ -n "$server" ] && kill "$server" 2>/dev/null; then wait "$server" || true; fi
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

"${CARGO_TARGET_DIR:-target}/debug/skald" serve --demo "$@" &
server=$!
# Vite passes /api on to 127.0.0.1:8000; SKALD_DEV_API names another address.
npm --prefix web run dev
