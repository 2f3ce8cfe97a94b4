_FUNCTION_command() {
    local first reply
    for ((first = 1; first < COMP_CWORD; first++)); do
        [[ ${COMP_WORDS[first]} == -- && ${COMP_WORDS[first - 1]} != = ]] && break
    done
    ((first++ < COMP_CWORD)) || return
    if declare -F _comp_command_offset >/dev/null; then
        _comp_command_offset "$first"
    elif declare -F _command_offset >/dev/null; then
        _command_offset "$first"
    elif ((first == COMP_CWORD)); then
        # With `filenames`, bash quotes the names. Without it, names that need quotes are omitted.
        local can_quote quoted
        compopt -o default -o filenames 2>/dev/null && can_quote=1
        while IFS= read -r reply; do
            printf -v quoted %q "$reply"
            [[ $can_quote || $reply == "$quoted" ]] && COMPREPLY+=("$reply")
        done < <(compgen -c -- "$1")
    else
        compopt -o default 2>/dev/null
    fi
    true
}
