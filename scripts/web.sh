#!/usr/bin/env bash
# The web app's files: what must be there before the server is compiled.
#   scripts/web.sh install          the locked packages, unless node_modules already fits package-lock.json
#   scripts/web.sh build            npm run build, unless web/dist is newer than every source file
#   scripts/web.sh build --always   npm run build
#   scripts/web.sh check            lint, type check and build, unit tests
#   scripts/web.sh generated BIN    is the committed API client what the server BIN describes? Changes no file
#   scripts/web.sh missing          prints what is missing to build the web app; fails when nothing is
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly NODE_AT_LEAST=20
# Stamps lie in node_modules, which git ignores: a fresh clone has neither.
readonly INSTALLED=web/node_modules/.skald-installed
readonly BUILT=web/node_modules/.skald-built

missing() {
    local version major
    if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
        echo "Node.js $NODE_AT_LEAST or newer with npm"
        return 0
    fi
    version=$(node --version)
    major=${version#v}
    major=${major%%.*}
    if [ "$major" -lt "$NODE_AT_LEAST" ]; then
        echo "Node.js $NODE_AT_LEAST or newer (this is $version)"
        return 0
    fi
    return 1
}

checksum() {
    if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi
}

install() {
    local wanted
    wanted=$({ cat web/package-lock.json && node --version; } | checksum)
    if [ -f "$INSTALLED" ] && [ "$(cat "$INSTALLED")" = "$wanted" ]; then return 0; fi
    echo "Installing the web app's packages"
    # Not `npm ci`: that refuses a lock file which lacks the optional packages of other platforms, and registries that
    # mirror only some platforms make such lock files. This installs the locked versions too, and writes nothing back.
    npm --prefix web install --no-save --no-audit --no-fund
    printf '%s\n' "$wanted" >"$INSTALLED"
}

# Folders are compared too, so that a deleted source file counts as a change.
stale() {
    [ -f web/dist/index.html ] && [ -f "$BUILT" ] || return 0
    [ -n "$(find web/src web/public -newer "$BUILT" -print -quit 2>/dev/null)" ] && return 0
    [ -n "$(find web -maxdepth 1 -type f -newer "$BUILT" -print -quit)" ]
}

build() {
    if [ "${1:-}" != --always ] && ! stale; then return 0; fi
    install
    # The stamp carries the time before the build: a file saved while it runs makes the result stale.
    touch "$BUILT.next"
    npm --prefix web run build
    mv "$BUILT.next" "$BUILT"
}

check() {
    install
    npm --prefix web run lint
    build --always
    npm --prefix web run test
}

generated() {
    local binary=$1 copy fits=true
    install
    copy=$(mktemp -d)
    # shellcheck disable=SC2064 # the folder's name is wanted now: it is gone when the trap runs
    trap "rm -rf '$copy'" EXIT
    # The generator runs on a copy: the check works in a dirty tree, leaves it alone and spoils no time stamps.
    tar -C web --exclude=./node_modules --exclude=./dist --exclude=./test-results --exclude=./playwright-report -cf - . |
        tar -C "$copy" -xf -
    ln -s "$PWD/web/node_modules" "$copy/node_modules"
    "$binary" openapi >"$copy/src/api/openapi.json"
    (cd "$copy" && npm run --silent gen)
    local file
    for file in openapi.json schema.d.ts; do
        diff -u "web/src/api/$file" "$copy/src/api/$file" >"$copy/difference" || {
            fits=false
            sed -n 1,40p "$copy/difference"
        }
    done
    if [ "$fits" = false ]; then
        echo "The API client in web/src/api is not what the server describes: run \`make gen\` and commit the result." >&2
        return 1
    fi
}

case "${1:-}" in
install | check | missing) "$1" ;;
build) build "${2:-}" ;;
generated) generated "${2:?which binary?}" ;;
*)
    sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
    exit 2
    ;;
esac
