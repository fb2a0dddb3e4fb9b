#!/bin/sh
# Draws docs/terminal.svg and docs/terminal-light.svg from what the real programs print on a local
# tenant: sh docs/terminal.sh
set -eu
cd "$(dirname "$0")/.."
cargo build --quiet --workspace --bins --examples
PATH=$PWD/target/debug:$PATH

folder=$(mktemp -d)
AUTH0_CONFIG_DIR=$folder/config SSL_CERT_FILE=$folder/ca.pem CURL_CA_BUNDLE=$folder/ca.pem CLICOLOR_FORCE=1
# As much of a browser as a login page that asks nothing needs.
BROWSER="curl --silent --location --output /dev/null %s"
AUTH0_CLIENT_SECRET=emulator-secret
export AUTH0_CLIENT_SECRET AUTH0_CONFIG_DIR SSL_CERT_FILE CURL_CA_BUNDLE CLICOLOR_FORCE BROWSER

auth0-emulator --tls --ca-file "$SSL_CERT_FILE" --auto-login --clients 9 --connections 4 > "$folder/tenant" 2>&1 &
trap 'kill $! ; rm -r "$folder"' EXIT
until grep -q '"url"' "$folder/tenant"; do sleep 0.1; done

# The local tenant stands for acme.eu.auth0.com, and its applications for a reader's own.
ours='s/acme\.eu\.auth0\.com/127.0.0.1:4400/g; s/YOUR-NATIVE-APP/emulator-native/g; s/YOUR-MACHINE-APP/emulator-m2m/g'
shown='s/127\.0\.0\.1:4400/acme.eu.auth0.com/g'

type_and_run() {
  printf '\033[32;1m$\033[0m \033[1m%s\033[0m\n' "$1"
  sh -c "$(printf '%s\n' "$1" | sed "$ours")" 2>&1 | sed "$shown"
  echo
}
{
  type_and_run 'auth0-login --domain acme.eu.auth0.com --client-id YOUR-NATIVE-APP \
    --audience https://api.example.com --add-scope read:things'
  type_and_run 'auth0-token exec -- sh -c '"'"'curl -s -H "Authorization: Bearer $AUTH0_ACCESS_TOKEN" \
    https://acme.eu.auth0.com/userinfo'"'"
  type_and_run 'auth0-login --profile acme-admin --use --domain acme.eu.auth0.com \
    --client-id YOUR-MACHINE-APP --client-credentials'
  type_and_run 'auth0-clients list --fields name,app_type,client_id'
  type_and_run 'auth0-connections list'
  type_and_run 'auth0-users find ben@example.com'
} > "$folder/shown"
for palette in dark light; do
  target/debug/examples/terminal-picture "$palette" < "$folder/shown" > "$folder/$palette.svg"
done
mv "$folder/dark.svg" docs/terminal.svg
mv "$folder/light.svg" docs/terminal-light.svg
