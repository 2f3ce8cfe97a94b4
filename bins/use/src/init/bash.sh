_sso_use_aliases=$(\builtin shopt -p expand_aliases || \builtin true)
\builtin shopt -u expand_aliases
unalias sso-use 2>/dev/null || true
sso-use() {
    \builtin local _sso_use_statements
    _sso_use_statements="$(\builtin trap '' TSTP; \builtin command sso-use --shell bash "$@")" || \builtin return
    if [[ -n $_sso_use_statements ]]; then
        \builtin eval "$_sso_use_statements"
    else
        \builtin command sso-use "$@"
    fi
}
COMPLETION
\builtin eval "$_sso_use_aliases"
\builtin unset -v _sso_use_aliases
