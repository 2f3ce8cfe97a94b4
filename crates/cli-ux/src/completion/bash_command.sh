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
    else
        if ((first == COMP_CWORD)); then
            while IFS= read -r reply; do
                COMPREPLY+=("$reply")
            done < <(compgen -c -- "$1")
        fi
        compopt -o default 2>/dev/null
    fi
    true
}
