//! `--min-valid`: a token that lasts long enough, or the reason why there is none.

use super::{machine, person, tenant, token};
use crate::support::Tenant;

/// Tokens of an API live for a fixed time, so more than that cannot be had by any renewal.
#[test]
fn more_than_a_whole_lifetime_is_refused_with_the_lifetime() {
    let tenant = tenant();
    for home in [person(&tenant), machine(&tenant)] {
        for args in [&["--min-valid", "30d"][..], &["--min-valid", "30d", "--refresh"]] {
            let refused = token(&tenant, &home, args).exits(3).prints("");
            refused
                .says("live only 24 h and cannot be valid for the 30 d asked for")
                .says("auth0-token --min-valid")
                .hides("about to expire");
        }
    }
    let home = person(&tenant);
    assert!(tenant.honours(&home.refresh_token()));
    // Without anything to renew with, the reason is the same.
    let tenant = Tenant::with(|config| config.scope_mode = auth0_emulator::ScopeMode::CurrentUser);
    let home = tenant.signed_in();
    token(&tenant, &home, &["--min-valid", "30d"])
        .exits(3)
        .prints("")
        .says("live only 24 h and cannot be valid for the 30 d asked for")
        .hides("about to expire");
    assert_eq!(tenant.token_requests(), 0);
}

#[test]
fn a_duration_that_no_token_can_have_is_a_usage_error() {
    let tenant = tenant();
    let home = person(&tenant);
    for absurd in ["18446744073709551615", "99999999999d", "11y"] {
        let refused = token(&tenant, &home, &["--min-valid", absurd]).exits(2).prints("");
        refused.says("no token lasts that long").hides("106751991167300");
    }
    assert_eq!(tenant.token_requests(), 0);
}
