def "nu-complete sso-use" [] {
    ^sso-use --list | lines
}

# Switch the AWS profile of this shell
def --env --wrapped sso-use [...arguments: string@"nu-complete sso-use"] {
    let changes = (^sso-use --shell nu ...$arguments)
    if ($changes | is-empty) {
        ^sso-use ...$arguments
    } else {
        $changes | from json | load-env
    }
}
