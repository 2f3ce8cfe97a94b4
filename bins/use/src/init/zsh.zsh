unalias sso-use 2>/dev/null || true
function sso-use() {
    local statements
    statements="$(command sh -c 'trap "" TSTP; exec sso-use --shell zsh "$@"' sso-use "$@")" || return
    if [[ -n $statements ]]; then
        eval "$statements"
    else
        command sso-use "$@"
    fi
}
