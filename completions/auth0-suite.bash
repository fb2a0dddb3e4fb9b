# Completions of auth0-suite for bash, made by `auth0-completions bash`.

_auth0_suite() {
    local LC_ALL=C line
    line=${COMP_LINE:0:COMP_POINT}
    COMPREPLY=()
    while IFS= read -r line; do
        COMPREPLY+=("$line")
    done < <(auth0-completions complete bash "${COMP_TYPE:-9}" -- "$line" 2>/dev/null)
    # More is to come behind a folder or an option's equals sign.
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[=/] ]]; then
        compopt -o nospace 2>/dev/null
    fi
}

complete -o nosort -F _auth0_suite auth0-login auth0-logout auth0-token auth0-profiles auth0-clients auth0-connections auth0-users auth0-logs auth0-tenant auth0-resources auth0-api auth0-doctor auth0-completions auth0 2>/dev/null ||
    complete -F _auth0_suite auth0-login auth0-logout auth0-token auth0-profiles auth0-clients auth0-connections auth0-users auth0-logs auth0-tenant auth0-resources auth0-api auth0-doctor auth0-completions auth0
