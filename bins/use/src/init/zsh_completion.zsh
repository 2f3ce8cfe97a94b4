if (( $+functions[compdef] )); then
COMPLETION
fi
