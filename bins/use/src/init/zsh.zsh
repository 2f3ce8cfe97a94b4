unalias sso-use 2>/dev/null || true
function sso-use() {
    local statements
    statements="$(trap '' TSTP; command sso-use --shell zsh "$@")" || return
    if [[ -n $statements ]]; then
        eval "$statements"
    else
        command sso-use "$@"
    fi
}
