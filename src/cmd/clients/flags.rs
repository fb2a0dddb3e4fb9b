//! The settings of a client that have a flag of their own.

use clap::Args;
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};

use crate::base::error::Error;
use crate::cmd::resource_args::{self, ChangeArgs};
use crate::management::body::Field;
use crate::management::change::Object;
use crate::resource::kinds::CLIENTS;
use crate::resource::unknown_name;
use crate::term::Io;

/// A kind of application, with what suits it.
struct AppType {
    /// On the command line.
    name: &'static str,
    /// In the API.
    api: &'static str,
    auth_method: &'static str,
    grants: &'static [&'static str],
}

const APP_TYPES: [AppType; 4] = [
    AppType {
        name: "native",
        api: "native",
        auth_method: "none",
        grants: &["authorization_code", "refresh_token"],
    },
    AppType {
        name: "spa",
        api: "spa",
        auth_method: "none",
        grants: &["authorization_code", "refresh_token"],
    },
    AppType {
        name: "regular_web",
        api: "regular_web",
        auth_method: "client_secret_post",
        grants: &["authorization_code", "refresh_token"],
    },
    AppType {
        name: "m2m",
        api: "non_interactive",
        auth_method: "client_secret_post",
        grants: &["client_credentials"],
    },
];

/// The API's name of a type; one we do not know is its own.
pub(super) fn api_type(name: &str) -> &str {
    APP_TYPES.iter().find(|known| known.name == name).map_or(name, |known| known.api)
}

/// Warns about types that the API does not document.
pub(super) fn warn_of_types(types: &[String], io: &Io) {
    let known: Vec<_> =
        APP_TYPES.iter().map(|known| known.name).chain(CLIENTS.values("app_type")).collect();
    for warning in types.iter().filter_map(|name| unknown_name("type of a client", name, &known)) {
        io.ui.warn(warning);
    }
}

/// The types, for completion: any other may be typed.
pub(super) fn app_types() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        APP_TYPES.iter().map(|known| CompletionCandidate::new(known.name)).collect()
    })
}

/// Flags for lists are given once with commas, or several times; an empty text empties the list.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Settings")]
pub(super) struct ClientFlags {
    /// Its name
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// What kind of application it is: native, spa, regular_web or m2m
    #[arg(long = "type", value_name = "TYPE", add = app_types())]
    app_type: Option<String>,

    /// What it is for, in a sentence
    #[arg(long, value_name = "D")]
    description: Option<String>,

    /// Where logins may return to: Allowed Callback URLs ('' for none)
    #[arg(long, value_name = "URL,…", value_delimiter = ',')]
    callbacks: Option<Vec<String>>,

    /// Where logouts may return to: Allowed Logout URLs
    #[arg(long, value_name = "URL,…", value_delimiter = ',')]
    logout_urls: Option<Vec<String>>,

    /// Which origins may call across origins: Allowed Origins (CORS)
    #[arg(long, value_name = "URL,…", value_delimiter = ',')]
    origins: Option<Vec<String>>,

    /// Which origins may use web messages: Allowed Web Origins
    #[arg(long, value_name = "URL,…", value_delimiter = ',')]
    web_origins: Option<Vec<String>>,

    /// Which grants it may use, such as authorization_code,refresh_token
    #[arg(long, value_name = "G,…", value_delimiter = ',')]
    grants: Option<Vec<String>>,
}

impl ClientFlags {
    /// The fields that were given.
    pub(super) fn fields(&self) -> Vec<Field> {
        let texts = [
            ("name", self.name.as_deref()),
            ("app_type", self.app_type.as_deref().map(api_type)),
            ("description", self.description.as_deref()),
        ];
        let lists = [
            ("callbacks", &self.callbacks),
            ("allowed_logout_urls", &self.logout_urls),
            ("allowed_origins", &self.origins),
            ("web_origins", &self.web_origins),
            ("grant_types", &self.grants),
        ];
        let texts = texts.into_iter().filter_map(|(field, text)| Some(Field::top(field, text?)));
        let lists = lists.into_iter().filter_map(|(field, list)| {
            Some(Field::top(field, resource_args::list(list.as_ref()?)))
        });
        texts.chain(lists).collect()
    }

    /// The fields of a new client: what suits its type, unless given.
    ///
    /// # Errors
    /// As [`ChangeArgs::read`].
    pub(super) fn new_client(&self, changes: ChangeArgs, io: &Io) -> Result<Object, Error> {
        let body = CLIENTS.new_body();
        let mut fields = changes.read(self.fields(), io)?.typed(body).over(&Object::new())?;
        if let Some(known) =
            APP_TYPES.iter().find(|known| self.app_type.as_deref().map(api_type) == Some(known.api))
        {
            let mut suits = |field: &str, value: serde_json::Value| {
                fields.entry(field).or_insert(value);
            };
            suits("oidc_conformant", true.into());
            suits("token_endpoint_auth_method", known.auth_method.into());
            suits("grant_types", known.grants.into());
        }
        Ok(fields)
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use serde_json::{Value, json};

    use super::*;
    use crate::term::UiOptions;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        flags: ClientFlags,
        #[command(flatten)]
        changes: ChangeArgs,
    }

    fn new_client(args: &[&str]) -> Value {
        let line = Line::parse_from(std::iter::once(&"x").chain(args));
        Value::Object(line.flags.new_client(line.changes, &Io::new(UiOptions::default())).unwrap())
    }

    #[test]
    fn a_type_brings_what_suits_it() {
        assert_eq!(
            new_client(&["--name", "a", "--type", "m2m"]),
            json!({
                "name": "a", "app_type": "non_interactive", "oidc_conformant": true,
                "token_endpoint_auth_method": "client_secret_post", "grant_types": ["client_credentials"],
            })
        );
        let given = new_client(&[
            "--type",
            "spa",
            "--grants",
            "implicit",
            "--set",
            "oidc_conformant=false",
        ]);
        assert_eq!(given["grant_types"], json!(["implicit"]));
        assert_eq!(given["oidc_conformant"], json!(false));
        assert_eq!(new_client(&["--name", "a"]), json!({"name": "a"}));
    }

    #[test]
    fn lists_split_at_commas_and_can_be_emptied() {
        let got = new_client(&[
            "--callbacks",
            "https://a,https://b",
            "--callbacks",
            "https://c",
            "--origins",
            "",
        ]);
        assert_eq!(
            got,
            json!({"callbacks": ["https://a", "https://b", "https://c"], "allowed_origins": []})
        );
    }
}
