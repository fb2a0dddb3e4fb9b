#!/bin/sh
# Draws docs/terminal.svg and docs/terminal-light.svg from what the real programs print on a local
# tenant: sh docs/terminal.sh (it needs curl and jq, and port 5000 for the callback). The address of
# the login page is left out: it is longer than a line.
set -eu
cd "$(dirname "$0")/.."
cargo build --quiet --workspace --bins --example terminal-picture
PATH=$PWD/target/debug:$PATH
picture=$PWD/target/debug/examples/terminal-picture
docs=$PWD/docs

folder=$(mktemp -d)
AUTH0_CONFIG_DIR=$folder/config SSL_CERT_FILE=$folder/ca.pem CURL_CA_BUNDLE=$folder/ca.pem
XDG_CACHE_HOME=$folder/cache
# As much of a browser as a login page that asks nothing needs.
BROWSER="curl --silent --location --output /dev/null %s"
AUTH0_CLIENT_SECRET=emulator-secret
export AUTH0_CLIENT_SECRET AUTH0_CONFIG_DIR SSL_CERT_FILE CURL_CA_BUNDLE XDG_CACHE_HOME BROWSER

auth0-emulator --port 0 --tls --ca-file "$SSL_CERT_FILE" --auto-login --clients 9 --connections 4 \
  > "$folder/emulator" 2> /dev/null &
trap 'kill $!; rm -r "$folder"' EXIT
until grep -q '"url"' "$folder/emulator"; do sleep 0.1; done
domain=$(jq -r .domain "$folder/emulator")
cd "$folder"

# The local tenant stands for acme.eu.auth0.com, and its applications and API for a reader's own.
ours="s/acme\.eu\.auth0\.com/$domain/g; s/YOUR-NATIVE-APP/emulator-native/g; s/YOUR-MACHINE-APP/emulator-m2m/g
  s/read:orders/read:things/g"
shown="s/$domain/acme.eu.auth0.com/g; s/emulator-m2m/YOUR-MACHINE-APP/g; s/emulator-native/YOUR-NATIVE-APP/g
  s/read:things/read:orders/g"

as_ours() {
  sh -c "$(printf '%s\n' "$1" | sed "$ours")"
}
quietly() {
  as_ours "$1" > log 2>&1
}
type_and_run() {
  printf '\033[32;1m$\033[0m \033[1m%s\033[0m\n' "$1"
  CLICOLOR_FORCE=1 as_ours "$1" 2>&1 | sed "$shown"
  echo
}
{
  type_and_run 'auth0-login --profile me --domain acme.eu.auth0.com --client-id YOUR-NATIVE-APP \
    --audience https://api.example.com --add-scope read:orders' | sed '/^Your browser/,/^$/d; /authorize?/,/^$/d'
  type_and_run 'curl -s -H "$(auth0-token --header)" https://acme.eu.auth0.com/userinfo | jq .email'
  type_and_run 'auth0-login --profile acme-admin --use --domain acme.eu.auth0.com \
    --client-id YOUR-MACHINE-APP --client-credentials \
    --scope "read:clients read:connections read:users read:logs read:authentication_methods"'
  # A machine that may do everything prepares what the next commands show.
  quietly 'auth0-login --profile all --domain acme.eu.auth0.com --client-id YOUR-MACHINE-APP --client-credentials'
  quietly 'auth0-clients update "Support Desk" --profile all --callbacks https://desk.example.com/callback'
  quietly 'auth0-clients update "API Gateway" --profile all --callbacks https://gateway.example.com/callback'
  quietly 'auth0-clients update Ledger --profile all --callbacks https://ledger.example.com/callback'
  quietly 'auth0-tenant export tenant --profile all --kinds clients'
  type_and_run 'auth0-clients list --app-type spa,regular_web --fields name,app_type,callbacks'
  type_and_run 'auth0-connections list --fields name,strategy,display_name'
  type_and_run 'auth0-logs why ben@example.com | head -5'
  quietly 'auth0-clients update Ledger --profile all --callbacks https://ledger.example.com/callback,http://localhost:3000/callback'
  type_and_run 'auth0-tenant diff -q ./tenant --kinds clients; echo "exit code $?"'
} > shown
for palette in dark light; do
  "$picture" "$palette" < shown > "$palette.svg"
done
mv dark.svg "$docs/terminal.svg"
mv light.svg "$docs/terminal-light.svg"
