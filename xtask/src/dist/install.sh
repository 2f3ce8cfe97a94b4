#!/bin/sh
# Installs aws-sso-tools @VERSION@ in ~/.local for the current user, without sudo.
#
#   AWS_SSO_TOOLS_PREFIX    directory instead of ~/.local
#   AWS_SSO_TOOLS_RELEASE   URL of the archive's directory, instead of the project's release page
set -eu

prefix=${AWS_SSO_TOOLS_PREFIX:-$HOME/.local}
release=${AWS_SSO_TOOLS_RELEASE:-@REPOSITORY@/releases/download/v@VERSION@}

fail() {
    printf 'install.sh: %s\n' "$*" >&2
    exit 1
}

has() {
    command -v "$1" >/dev/null 2>&1
}

# Sets `target` and `sum` to the archive for this machine.
choose() {
    case "$(uname -s) $(uname -m)" in
@ARCHIVES@
        *) fail "no archive for $(uname -s) on $(uname -m); use cargo install" ;;
    esac
}

fetch() {
    if has curl; then
        curl --fail --silent --show-error --location --output "$2" "$1"
    elif has wget; then
        wget --quiet --output-document="$2" "$1"
    else
        fail 'curl or wget is required'
    fi
}

sum_of() {
    if has sha256sum; then
        sha256sum "$1"
    elif has shasum; then
        shasum --algorithm 256 "$1"
    else
        fail 'sha256sum or shasum is required'
    fi
}

# This code is a function, so that a partially downloaded script does nothing.
main() {
    choose
    name=aws-sso-tools-@VERSION@-$target
    directory=$(mktemp -d)
    trap 'rm -rf "$directory"' EXIT
    fetch "$release/$name.tar.gz" "$directory/archive" || fail "cannot download $release/$name.tar.gz"
    found=$(sum_of "$directory/archive")
    [ "${found%% *}" = "$sum" ] || fail "wrong checksum of $name.tar.gz; nothing was installed"
    tar -xzf "$directory/archive" -C "$directory"
    "$directory/$name/bin/export-credentials" --version >/dev/null 2>&1 ||
        fail 'the programs do not run on this system; use cargo install'
    mkdir -p "$prefix/bin" "$prefix/share"
    # Replaces each program atomically, even while it runs.
    for program in "$directory/$name"/bin/*; do
        cp "$program" "$prefix/bin/.${program##*/}.new"
        mv -f "$prefix/bin/.${program##*/}.new" "$prefix/bin/${program##*/}"
    done
    cp -R "$directory/$name/share/." "$prefix/share/"
    printf 'aws-sso-tools @VERSION@ is installed in %s\n' "$prefix/bin"
    case ":$PATH:" in
        *":$prefix/bin:"*) ;;
        *) printf '%s is not in your PATH\n' "$prefix/bin" ;;
    esac
}

main
