# Completions of auth0-suite for Elvish, made by `auth0-completions elvish`.

use str

for name [auth0-login auth0-logout auth0-token auth0-profiles auth0-clients auth0-connections auth0-users auth0-logs auth0-tenant auth0-resources auth0-api auth0-doctor auth0-completions auth0] {
    set edit:completion:arg-completer[$name] = {|@words|
        auth0-completions complete elvish -- $@words 2>/dev/null | from-lines | each {|line|
            var parts = [(str:split &max=2 "\t" $line)]
            if (== (count $parts) 2) {
                edit:complex-candidate $parts[0] &display=$parts[0]'  ('$parts[1]')'
            } else {
                put $line
            }
        }
    }
}
