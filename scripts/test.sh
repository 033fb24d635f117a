#!/usr/bin/env bash
# make test: everything this machine can prove, in phases. The first failure ends the run and is named.
#   scripts/test.sh                 all phases
#   scripts/test.sh web rust        only these: web rust client browser dependencies
# What cannot be tried here is listed at the end with the reason; with CI=true or SKALD_STRICT=1 that is a failure.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

case "${CI:-}${SKALD_STRICT:-}" in
'' | false | 0) strict=false ;;
*) strict=true ;;
esac
# Settings of the person at this machine must not reach the servers under test.
for name in ${!SKALD_@}; do
    case $name in
    SKALD_TEST_*) ;;
    *) unset "$name" ;;
    esac
done

readonly BINARY=${CARGO_TARGET_DIR:-target}/debug/skald
phases=" ${*:-web rust client browser dependencies} "
current='' current_start=0 skipped='' times=''

for one in $phases; do
    case $one in
    web | rust | client | browser | dependencies) ;;
    *)
        echo "There is no phase \"$one\": web rust client browser dependencies" >&2
        exit 2
        ;;
    esac
done

wanted() { [[ $phases == *" $1 "* ]]; }

phase() {
    current=$1
    current_start=$SECONDS
    shift
    printf '\n== %s\n' "$current"
    "$@"
    times="$times$(printf '%5d s  %s' $((SECONDS - current_start)) "$current")"$'\n'
    current=''
}

skip() {
    printf '\n== %s: SKIPPED, %s\n' "$1" "$2"
    skipped="$skipped  $1: $2"$'\n'
}

finish() {
    local status=$?
    trap - EXIT
    printf '\n'
    if [ -n "$times" ]; then printf 'Passed:\n%s' "$times"; fi
    if [ -n "$skipped" ]; then printf 'Skipped:\n%s' "$skipped"; fi
    if [ "$status" -ne 0 ]; then
        printf 'FAILED%s after %d s\n' "${current:+ in phase \"$current\"}" $((SECONDS - current_start)) >&2
    elif [ -n "$skipped" ] && [ "$strict" = true ]; then
        printf 'FAILED: something was skipped, which CI does not accept\n' >&2
        status=1
    else
        printf 'All done in %d s\n' "$SECONDS"
    fi
    exit "$status"
}
trap finish EXIT
if [[ $phases != ' web ' ]] && ! command -v cargo >/dev/null; then
    echo "No \`cargo\` in PATH: install Rust 1.94 or newer, for example from https://rustup.rs" >&2
    exit 1
fi

no_node=''
if ! no_node=$(scripts/web.sh missing); then no_node=''; fi

if wanted web; then
    if [ -n "$no_node" ]; then skip "web: lint, types, build, unit tests" "needs $no_node"; else
        phase "web: lint, types, build, unit tests" scripts/web.sh check
    fi
fi
# The server embeds this folder: it must exist before anything is compiled.
mkdir -p web/dist

# Build, then test, from one set of artefacts. `--workspace --all-targets` chooses the same packages, features (the test
# kit's among them) and profile as `cargo nextest run --workspace`, so that the latter finds everything fresh, and it also
# makes target/debug/skald, which the later phases use. `cargo build -p skald` would not: without the dev-dependencies'
# features, every crate from the platform up would be compiled a second time. Clippy shares nothing with a build, as ever.
rust_build() { cargo build --workspace --all-targets --locked; }

# `#[db_test]` makes two tests of one, `…::sqlite` and `…::postgres`; the latter fail where there is no PostgreSQL.
rust_tests() {
    if cargo nextest --version >/dev/null 2>&1; then
        if [ -n "${SKALD_TEST_POSTGRES_URL:-}" ]; then set --; else set -- -E 'not test(/::postgres$/)'; fi
        cargo nextest run --workspace --locked "$@"
    else
        echo "cargo-nextest is not installed, using cargo test"
        if [ -n "${SKALD_TEST_POSTGRES_URL:-}" ]; then set --; else set -- --skip ::postgres; fi
        cargo test --workspace --locked --no-fail-fast --lib --bins --tests -- "$@"
    fi
}

if wanted rust; then
    phase "rust: format" cargo fmt --all --check
    phase "rust: clippy" cargo clippy --workspace --all-targets --locked -- -D warnings
    phase "rust: build" rust_build
    if source=$(scripts/with-postgres.sh --find 2>&1); then
        export -f rust_tests
        phase "rust: tests on SQLite and PostgreSQL ($source)" scripts/with-postgres.sh bash -euo pipefail -c rust_tests
    else
        phase "rust: tests on SQLite" rust_tests
        skip "rust: tests on PostgreSQL" "$source"
    fi
elif wanted client || wanted browser; then
    phase "rust: build" rust_build
fi

if wanted client; then
    if [ -n "$no_node" ]; then skip "client: generated from the API" "needs $no_node"; else
        phase "client: generated from the API" scripts/web.sh generated "$BINARY"
    fi
fi

find_chromium() {
    local one
    for one in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" /Applications/Chromium.app/Contents/MacOS/Chromium; do
        if [ -n "$one" ] && command -v "$one"; then return 0; fi
    done
    return 1
}

# The journey gets the browser in CHROMIUM and the server's program in SKALD_TEST_BINARY.
browser() {
    scripts/web.sh build
    CHROMIUM=$chromium SKALD_TEST_BINARY=$(cd "$(dirname "$BINARY")" && pwd)/skald npm --prefix web run e2e
}

if wanted browser; then
    if [ -n "$no_node" ]; then skip "browser: a journey" "needs $no_node"
    elif ! chromium=$(find_chromium); then skip "browser: a journey" "no Chromium in PATH or CHROMIUM"
    else phase "browser: a journey" browser; fi
fi

# Without `advisories`: that list is fetched from a git repository at run time, and a test run must neither need the
# network nor turn red because of news from outside. `cargo deny check advisories` by hand or on a timer does that.
if wanted dependencies; then
    if cargo deny --version >/dev/null 2>&1; then
        phase "dependencies: bans, licences, sources" cargo deny --locked check --hide-inclusion-graph bans licenses sources
    else skip "dependencies: bans, licences, sources" "cargo-deny is not installed"; fi
fi
