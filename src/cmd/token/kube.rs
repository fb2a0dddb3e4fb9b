//! `auth0-token kube`: an exec credential for Kubernetes clients.

use clap::Args;
use serde_json::{Value, json};

use crate::base::error::Error;
use crate::base::time;
use crate::cmd::examples;
use crate::term::{Env, Io};

const NOTES: &str = "\
Prints an ExecCredential with the ID token of a person's login, renewed when it has to be. The API \
server must know your tenant (its option --oidc-issuer-url, with the slash at the end) and your \
application (its option --oidc-client-id).

In the kubeconfig:
  users:
  - name: auth0
    user:
      exec:
        apiVersion: client.authentication.k8s.io/v1
        command: auth0-token
        args: [kube, --profile, acme]
        interactiveMode: Never";

/// Print an exec credential for Kubernetes clients
#[derive(Args, Clone, Debug)]
#[command(after_help = examples::help(NOTES, examples::TOKEN_KUBE))]
pub(super) struct Kube {
    /// Give the access token instead of the ID token
    #[arg(long)]
    pub(super) access_token: bool,
}

const GROUP: &str = "client.authentication.k8s.io/";

/// The version of the credential that the client wants, from `KUBERNETES_EXEC_INFO`.
///
/// # Errors
/// Usage, if the variable holds something else than a known version of a credential.
pub(super) fn api_version(env: Env) -> Result<String, Error> {
    let Some(info) = env.get("KUBERNETES_EXEC_INFO")? else { return Ok(format!("{GROUP}v1")) };
    let info: Option<Value> = serde_json::from_str(&info).ok();
    let version = info.as_ref().and_then(|info| info.get("apiVersion")).and_then(Value::as_str);
    match version.and_then(|version| version.strip_prefix(GROUP)) {
        Some(version @ ("v1" | "v1beta1")) => Ok(format!("{GROUP}{version}")),
        _ => Err(Error::usage("KUBERNETES_EXEC_INFO names no known version of an exec credential")
            .hint("set apiVersion: client.authentication.k8s.io/v1 in the kubeconfig")),
    }
}

/// Prints the credential.
pub(super) fn print(
    version: &str,
    token: &str,
    expires_at: Option<i64>,
    io: &mut Io,
) -> Result<(), Error> {
    let mut status = json!({"token": token});
    if let Some(at) = expires_at {
        status["expirationTimestamp"] = json!(time::rfc3339(at));
    }
    io.out.json(json!({"apiVersion": version, "kind": "ExecCredential", "status": status}))
}
