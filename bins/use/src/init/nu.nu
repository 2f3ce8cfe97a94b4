def "nu-complete sso-use" [] {
    ^sso-use --list --quiet | complete | get stdout | lines | where $it !~ "'" | each {|name|
        if $name =~ '^[A-Za-z][A-Za-z0-9_.-]*$' { $name } else { $"'($name)'" }
    }
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
