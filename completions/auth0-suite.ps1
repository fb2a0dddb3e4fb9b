# Completions of auth0-suite for PowerShell, made by `auth0-completions powershell`.

Register-ArgumentCompleter -Native -CommandName 'auth0-login', 'auth0-logout', 'auth0-token', 'auth0-profiles', 'auth0-clients', 'auth0-connections', 'auth0-users', 'auth0-logs', 'auth0-tenant', 'auth0-resources', 'auth0-api', 'auth0-doctor', 'auth0-completions', 'auth0' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $line = $commandAst.Extent.Text
    $cursor = $cursorPosition - $commandAst.Extent.StartOffset
    $line = $line.PadRight($cursor).Substring(0, $cursor).Replace('"', "'")
    # The answer is UTF-8, and PowerShell 5 expects the encoding of old consoles.
    $encoding = [Console]::OutputEncoding
    try { [Console]::OutputEncoding = [System.Text.UTF8Encoding]::new($false) } catch {}
    $found = auth0-completions complete powershell -- $line 2>$null
    try { [Console]::OutputEncoding = $encoding } catch {}
    $found | ForEach-Object {
        # The last part is the value with the quotes that PowerShell needs.
        $value, $help, $text = $_ -split "`t", 3
        if (-not $help) { $help = $value }
        [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $help)
    }
}
