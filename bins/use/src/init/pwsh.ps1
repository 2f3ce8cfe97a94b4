function global:sso-use {
    $program = Get-Command -Name sso-use -CommandType Application -TotalCount 1
    if ($Env:AWS_SSO_TOOLS_COMPLETE) {
        & $program @args
        return
    }
    $statements = & $program --shell pwsh @args | Out-String
    if ($LASTEXITCODE -ne 0) {
        return
    }
    if ($statements.Trim()) {
        Invoke-Expression $statements
    } else {
        & $program @args
    }
}
