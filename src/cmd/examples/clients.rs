//! The examples of `auth0-clients` and `auth0-connections`.

use super::{Example, example};

const CLIENTS: &[Example] = &[
    example("List the clients", "auth0-clients list"),
    example(
        "Print the IDs of all single-page and native apps",
        "auth0-clients list --app-type spa,native -o json | jq -r '.[].client_id'",
    ),
    example("Show a client by its name", "auth0-clients show 'My App'"),
    example(
        "Create a client",
        "auth0-clients create --name 'New App' --type spa --callbacks http://localhost:3000",
    ),
    example(
        "See what a change would send",
        "auth0-clients update 'My App' --set refresh_token.rotation_type=rotating --dry-run",
    ),
    example("Delete a client without a question", "auth0-clients delete 'Old App' --yes"),
];

const CLIENTS_LIST: &[Example] = &[
    example("Find clients by a part of their name", "auth0-clients list --query shop"),
    example(
        "List the machines of third parties",
        "auth0-clients list --app-type m2m --third-party",
    ),
    example(
        "Export three fields for a spreadsheet",
        "auth0-clients list --fields client_id,name,callbacks -o csv > clients.csv",
    ),
    example(
        "Print the IDs of ten clients",
        "auth0-clients list --limit 10 --fields client_id -o jsonl",
    ),
];

const CLIENTS_SHOW: &[Example] = &[
    example("Show a client", "auth0-clients show 'My App'"),
    example(
        "Show two settings",
        "auth0-clients show 'My App' --fields callbacks,refresh_token.rotation_type",
    ),
    example("Save a client as JSON", "auth0-clients show 'My App' -o json > client.json"),
    example(
        "Print the secret",
        "auth0-clients show robot --reveal-secrets --fields client_secret -o tsv",
    ),
];

const CLIENTS_CREATE: &[Example] = &[
    example(
        "Create a single-page app",
        "auth0-clients create --name 'My Shop' --type spa --callbacks http://localhost:3000 --web-origins http://localhost:3000",
    ),
    example(
        "Create a machine, and print its secret",
        "auth0-clients create --name importer --type m2m -o json | jq -r .client_secret",
    ),
    example(
        "Copy a client",
        "auth0-clients show 'My App' -o json | auth0-clients create --json - --name 'My App (copy)'",
    ),
];

const CLIENTS_UPDATE: &[Example] = &[
    example(
        "Replace the callbacks",
        "auth0-clients update 'My App' --callbacks https://app.example/cb,http://localhost:3000",
    ),
    example(
        "Change one nested setting; the others stay",
        "auth0-clients update 'My App' --set refresh_token.rotation_type=rotating",
    ),
    example(
        "Add a callback",
        "auth0-clients update 'My App' --set 'callbacks[]=https://new.example/cb'",
    ),
    example(
        "Remove a field of the metadata",
        "auth0-clients update 'My App' --set client_metadata.tier=null",
    ),
    example(
        "See what the settings of a file would change",
        "auth0-clients update 'My App' --json client.json --dry-run",
    ),
];

const CLIENTS_DELETE: &[Example] = &[
    example("Delete two clients without a question", "auth0-clients delete --yes old-1 old-2"),
    example(
        "See which clients of a list would be deleted",
        "auth0-clients list --query test- --fields client_id -o tsv | tail -n +2 | auth0-clients delete - --dry-run",
    ),
    example(
        "Delete the clients of a file, and keep a report",
        "auth0-clients delete - --yes -o jsonl < clients.txt > report.jsonl",
    ),
    example(
        "Go on after an interruption",
        "auth0-clients delete - --yes -o jsonl --resume report.jsonl < clients.txt > rest.jsonl",
    ),
];

const CLIENTS_ROTATE: &[Example] = &[example(
    "Give a client a new secret, and print it",
    "auth0-clients rotate-secret robot --yes -o json | jq -r .client_secret",
)];

const CLIENTS_OPEN: &[Example] = &[
    example("Open a client's page in the dashboard", "auth0-clients open 'My App'"),
    example("Print the address of the page", "auth0-clients open 'My App' --print"),
];

const CONNECTIONS: &[Example] = &[
    example("List the connections", "auth0-connections list"),
    example(
        "List the enterprise connections of two kinds as JSON",
        "auth0-connections list --strategy samlp,oidc -o json",
    ),
    example("Show a connection", "auth0-connections show Username-Password-Authentication"),
    example(
        "See what a change would send",
        "auth0-connections update my-db --set options.passwordPolicy=good --dry-run",
    ),
    example("List the clients that may use a connection", "auth0-connections clients my-db"),
    example("Let a client use a connection", "auth0-connections enable my-db --client 'My App'"),
];

const CONNECTIONS_LIST: &[Example] = &[
    example("List connections of two strategies", "auth0-connections list --strategy samlp,oidc"),
    example(
        "Print three fields as JSON",
        "auth0-connections list --fields id,name,options.domain_aliases -o json",
    ),
    example("Export the list for a spreadsheet", "auth0-connections list -o csv > connections.csv"),
];

const CONNECTIONS_SHOW: &[Example] = &[
    example("Show a connection", "auth0-connections show my-db"),
    example("Show one option", "auth0-connections show my-db --fields options.passwordPolicy"),
    example("Save a connection as JSON", "auth0-connections show my-db -o json > connection.json"),
];

const CONNECTIONS_CREATE: &[Example] = &[
    example("Create a database", "auth0-connections create --name new-db --strategy auth0"),
    example(
        "Create a database with a password policy",
        "auth0-connections create --name strict-db --strategy auth0 --set options.passwordPolicy=good",
    ),
    example(
        "See what a file would create",
        "auth0-connections create --json connection.json --dry-run",
    ),
];

const CONNECTIONS_UPDATE: &[Example] = &[
    example(
        "Change one option; the others stay",
        "auth0-connections update my-db --set options.passwordPolicy=good",
    ),
    example("Remove an option", "auth0-connections update my-db --set options.attributes=null"),
    example(
        "Change the name on the login page",
        "auth0-connections update my-db --set display_name=Staff",
    ),
    example(
        "See what the settings of a file would change",
        "auth0-connections update my-db --json connection.json --dry-run",
    ),
];

const CONNECTIONS_DELETE: &[Example] = &[
    example(
        "Delete two databases and their users",
        "auth0-connections delete --yes old-db older-db",
    ),
    example(
        "See which connections of a file would be deleted",
        "auth0-connections delete --dry-run - < connections.txt",
    ),
];

const CONNECTIONS_CLIENTS: &[Example] = &[
    example("List the clients that may use a connection", "auth0-connections clients my-db"),
    example("Print only their IDs", "auth0-connections clients my-db --fields client_id -o tsv"),
];

const CONNECTIONS_ENABLE: &[Example] = &[
    example("Let a client use a connection", "auth0-connections enable my-db --client 'My App'"),
    example(
        "Let every single-page app use a connection",
        "auth0-clients list --app-type spa --fields client_id -o tsv | tail -n +2 | auth0-connections enable my-db --client -",
    ),
];

const CONNECTIONS_DISABLE: &[Example] = &[
    example(
        "Stop two clients from using a connection",
        "auth0-connections disable my-db --client 'My App' robot --yes",
    ),
    example(
        "See what would be sent",
        "auth0-connections disable my-db --client 'My App' --dry-run",
    ),
];

const CONNECTIONS_STATUS: &[Example] = &[
    example("See whether a connection is online", "auth0-connections status my-ad"),
    example("Act on the answer in a script", "auth0-connections status my-ad -q || echo offline"),
];

/// The examples of a command below `auth0-clients` or `auth0-connections`, or of one of these.
pub(super) fn of(name: &str) -> &'static [Example] {
    match name {
        "auth0-clients" => CLIENTS,
        "auth0-clients list" => CLIENTS_LIST,
        "auth0-clients show" => CLIENTS_SHOW,
        "auth0-clients create" => CLIENTS_CREATE,
        "auth0-clients update" => CLIENTS_UPDATE,
        "auth0-clients delete" => CLIENTS_DELETE,
        "auth0-clients rotate-secret" => CLIENTS_ROTATE,
        "auth0-clients open" => CLIENTS_OPEN,
        "auth0-connections" => CONNECTIONS,
        "auth0-connections list" => CONNECTIONS_LIST,
        "auth0-connections show" => CONNECTIONS_SHOW,
        "auth0-connections create" => CONNECTIONS_CREATE,
        "auth0-connections update" => CONNECTIONS_UPDATE,
        "auth0-connections delete" => CONNECTIONS_DELETE,
        "auth0-connections clients" => CONNECTIONS_CLIENTS,
        "auth0-connections enable" => CONNECTIONS_ENABLE,
        "auth0-connections disable" => CONNECTIONS_DISABLE,
        "auth0-connections status" => CONNECTIONS_STATUS,
        _ => &[],
    }
}
