# Completions of auth0-suite for fish, made by `auth0-completions fish`.

for name in auth0-login auth0-logout auth0-token auth0-profiles auth0-clients auth0-connections auth0-users auth0-logs auth0-tenant auth0-resources auth0-api auth0-doctor auth0-completions auth0
    complete --command $name --no-files --keep-order --arguments '(auth0-completions complete fish -- (commandline --current-process --tokenize --cut-at-cursor) (commandline --cut-at-cursor --current-token) 2>/dev/null)'
end
