function sso-use --description 'Switch the AWS profile of this shell'
    set --local statements (command sh -c 'trap "" TSTP; exec sso-use --shell fish "$@"' sso-use $argv)
    or return
    if builtin count $statements >/dev/null
        if builtin set --query --local AWS_PROFILE
            builtin echo 'sso-use: error: AWS_PROFILE is a local variable, which hides the switch' >&2
            return 1
        end
        builtin string join \n -- $statements | builtin source
    else
        command sso-use $argv
    end
end
