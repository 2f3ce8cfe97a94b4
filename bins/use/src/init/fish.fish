function sso-use --description 'Switch the AWS profile of this shell'
    set --local statements (command sso-use --shell fish $argv)
    or return
    if builtin count $statements >/dev/null
        builtin string join \n -- $statements | builtin source
    else
        command sso-use $argv
    end
end
