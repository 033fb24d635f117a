#!/usr/bin/env bash
# make run: the web app and the server, built where missing or stale, then started with the demo world.
# Arguments go to `skald serve`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '%s\n' "$*" >&2; }

if ! command -v cargo >/dev/null; then
    say "Skald is built with Rust, which is not installed (no \`cargo\` in PATH)."
    say "Install it from https://rustup.rs or your system's packages (Rust 1.94 or newer), open a new terminal,"
    say "and run \`make run\` again."
    exit 1
fi
if ! command -v cc >/dev/null && ! command -v clang >/dev/null && ! command -v gcc >/dev/null; then
    say "Building needs a C compiler. On Debian or Ubuntu: apt-get install build-essential. On macOS: xcode-select --install."
    exit 1
fi

if lacking=$(scripts/web.sh missing); then
    if [ -f web/dist/index.html ]; then
        say "Using the web app in web/dist as it is: to build it again, install $lacking."
    else
        say "Without the web app: to build it, install $lacking and run \`make run\` again. The API works without it."
    fi
else
    scripts/web.sh build
fi
# The server embeds this folder, so it has to exist.
mkdir -p web/dist

cargo build --release -p skald
exec "${CARGO_TARGET_DIR:-target}/release/skald" serve --demo "$@"
