#!/bin/sh
# Draws docs/terminal.svg from what the real programs print on a local tenant: sh docs/terminal.sh
set -eu
cd "$(dirname "$0")/.."
cargo build --quiet --workspace --bins --examples
PATH=$PWD/target/debug:$PATH

folder=$(mktemp -d)
AUTH0_CONFIG_DIR=$folder SSL_CERT_FILE=$folder/ca.pem CURL_CA_BUNDLE=$folder/ca.pem CLICOLOR_FORCE=1
# As much of a browser as a login page that asks nothing needs.
BROWSER="curl --silent --location --output /dev/null %s"
AUTH0_CLIENT_SECRET=emulator-secret
export AUTH0_CLIENT_SECRET AUTH0_CONFIG_DIR SSL_CERT_FILE CURL_CA_BUNDLE CLICOLOR_FORCE BROWSER

auth0-emulator --tls --ca-file "$SSL_CERT_FILE" --auto-login --clients 10 --connections 4 > "$folder/tenant" 2>&1 &
trap 'kill $! ; rm -r "$folder"' EXIT
until grep -q '"url"' "$folder/tenant"; do sleep 0.1; done

type_and_run() {
  printf '\033[32;1m$\033[0m \033[1m%s\033[0m\n' "$1"
  sh -c "$1" 2>&1
  echo
}
{
  type_and_run 'auth0-login --profile me --domain 127.0.0.1:4400 --client-id emulator-native \
    --audience https://api.example.com --add-scope read:things'
  type_and_run 'curl -s -H "$(auth0-token --header)" https://127.0.0.1:4400/userinfo'
  type_and_run 'auth0-login --profile machine --use --domain 127.0.0.1:4400 --client-id emulator-m2m \
    --client-credentials --scope "read:clients read:connections"'
  type_and_run 'auth0-clients list --app-type native,spa'
  type_and_run 'auth0-connections list'
  type_and_run "auth0-clients list --fields name,callbacks -o jsonl | head -2"
} | target/debug/examples/terminal-picture > docs/terminal.svg
