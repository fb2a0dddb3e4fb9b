use super::*;
use crate::oauth::testing::{Mutator, issuer, jwks, sign, sign_with};
use serde_json::{Value, json};

const NOW: u64 = 1_700_000_000;

fn expectations() -> Expectations {
    Expectations {
        issuer: issuer(),
        client_id: "app".to_owned(),
        nonce: Some(Secret::new("n-0S6_WzA2Mj")),
        max_age: None,
        organization: None,
        subject: None,
        required: true,
    }
}

fn claims() -> Value {
    json!({
        "iss": "https://acme.eu.auth0.com/", "sub": "auth0|1", "aud": "app",
        "nonce": "n-0S6_WzA2Mj", "iat": NOW - 2, "exp": NOW + 36_000,
        "name": "Ada \u{1b}[31m", "email": "ada@example.com", "sid": "s1",
    })
}

fn with(changes: &Value) -> Value {
    let mut claims = claims();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
            value => claims[name] = value.clone(),
        }
    }
    claims
}

fn check(claims: &Value, expected: &Expectations) -> Result<ValidatedIdToken, IdTokenError> {
    validate(&Secret::new(sign("RS256", claims)), &jwks(), expected, NOW)
}

#[test]
fn a_valid_token_passes() {
    for alg in ["RS256", "PS256"] {
        let raw = Secret::new(sign(alg, &claims()));
        let token = validate(&raw, &jwks(), &expectations(), NOW).unwrap();
        assert_eq!(token.subject(), "auth0|1");
        assert_eq!(token.name(), Some("Ada  [31m"));
        assert_eq!(token.email(), Some("ada@example.com"));
        assert_eq!((token.session(), token.organization()), (Some("s1"), None));
    }
}

#[test]
fn other_token_types_are_refused() {
    let typed = |typ: Value| {
        let raw = sign_with(&json!({"alg": "RS256", "kid": "k1", "typ": typ}), &claims());
        validate(&Secret::new(raw), &jwks(), &expectations(), NOW)
    };
    assert!(typed(json!("JWT")).is_ok() && typed(json!("jwt")).is_ok());
    for other in ["at+jwt", "application/at+jwt", "logout+jwt", ""] {
        assert_eq!(typed(json!(other)), Err(IdTokenError::Type(other.to_owned())));
    }
    assert!(matches!(typed(json!(7)), Err(IdTokenError::Type(_))));
    let untyped = sign_with(&json!({"alg": "RS256", "kid": "k1"}), &claims());
    assert!(validate(&Secret::new(untyped), &jwks(), &expectations(), NOW).is_ok());
}

#[test]
fn each_claim_is_checked() {
    use IdTokenError as Bad;
    for (changes, error) in [
        (json!({"iss": null}), Bad::Missing("iss")),
        (
            json!({"iss": "https://acme.eu.auth0.com"}),
            Bad::Issuer("https://acme.eu.auth0.com".to_owned()),
        ),
        (json!({"sub": null}), Bad::Missing("sub")),
        (json!({"sub": ""}), Bad::Missing("sub")),
        (json!({"sub": 7}), Bad::Missing("sub")),
        (json!({"sub": "s".repeat(MAX_SUBJECT + 1)}), Bad::Missing("sub")),
        (json!({"aud": null}), Bad::Audience),
        (json!({"aud": "other"}), Bad::Audience),
        (json!({"aud": []}), Bad::Audience),
        (json!({"aud": ["app", "other"]}), Bad::Missing("azp")),
        (json!({"aud": ["app", "other"], "azp": "other"}), Bad::AuthorizedParty),
        (json!({"azp": "other"}), Bad::AuthorizedParty),
        (json!({"nonce": null}), Bad::Missing("nonce")),
        (json!({"nonce": "other"}), Bad::Nonce),
        (json!({"exp": null}), Bad::Missing("exp")),
        (json!({"exp": "1700000000"}), Bad::Missing("exp")),
        (json!({"iat": null}), Bad::Missing("iat")),
    ] {
        assert_eq!(check(&with(&changes), &expectations()), Err(error), "{changes}");
    }
    assert!(check(&with(&json!({"sub": "s".repeat(MAX_SUBJECT)})), &expectations()).is_ok());
    for changes in [json!({"aud": ["app"]}), json!({"aud": ["other", "app"], "azp": "app"})] {
        assert!(check(&with(&changes), &expectations()).is_ok(), "{changes}");
    }
}

#[test]
fn clocks_may_differ_by_a_minute() {
    use IdTokenError as Bad;
    for (changes, result) in [
        (json!({"exp": NOW - 60}), None),
        (json!({"exp": NOW - 61}), Some(Bad::Expired(61))),
        (json!({"iat": NOW + 59}), None),
        (json!({"iat": NOW + 60}), None),
        (json!({"iat": NOW + 3600}), Some(Bad::Future(3600))),
        (json!({"nbf": NOW + 61}), Some(Bad::Future(61))),
        (json!({"nbf": "soon"}), Some(Bad::Missing("nbf"))),
        (json!({"nbf": 1e30}), Some(Bad::Missing("nbf"))),
        (json!({"exp": u64::MAX}), None),
    ] {
        let outcome = check(&with(&changes), &expectations());
        assert_eq!(outcome.err(), result, "{changes}");
    }
    let error = Error::from(Bad::Future(3600));
    assert!(error.causes()[0].contains("1h in the future"));
    assert!(error.hint_text().unwrap().contains("clock"));
    assert_eq!(error.kind(), ErrorKind::NotSignedIn);
}

#[test]
fn the_hint_is_about_the_clock_only_if_the_tenants_clock_is_unknown() {
    use IdTokenError as Bad;
    let hint = |error: Bad, ahead| {
        error.into_error_at(Moment::new(NOW, ahead)).hint_text().unwrap_or_default().to_owned()
    };
    for late in [Bad::Expired(61), Bad::Future(61)] {
        assert!(hint(late.clone(), None).contains("clock"), "{late:?}");
        assert!(!hint(late.clone(), Some(0)).contains("clock"), "{late:?}");
    }
    assert!(hint(Bad::Algorithm("none".to_owned()), Some(0)).contains("RS256"));
}

#[test]
fn each_error_has_a_hint() {
    use IdTokenError as Bad;
    for (error, what) in [
        (Bad::Stale(1), "--prompt login"),
        (Bad::Issuer("https://b.example/".to_owned()), "the domain must be"),
        (Bad::Organization, "--organization"),
        (Bad::Subject, "the other person"),
        (Bad::Signature, "any proxy in between"),
    ] {
        let refusal = Error::from(error.clone());
        assert!(refusal.hint_text().unwrap().contains(what), "{error:?}");
        assert_eq!(refusal.kind(), ErrorKind::NotSignedIn);
    }
}

#[test]
fn max_age_requires_a_recent_sign_in() {
    let expected = Expectations { max_age: Some(300), ..expectations() };
    let at = |time: u64| check(&with(&json!({"auth_time": time})), &expected);
    assert!(at(NOW - 360).is_ok());
    assert_eq!(at(NOW - 361), Err(IdTokenError::Stale(61)));
    assert_eq!(check(&claims(), &expected), Err(IdTokenError::Missing("auth_time")));
}

#[test]
fn organizations_are_checked_by_id_or_name() {
    let check = |asked: &str, changes: Value| {
        let expected = Expectations { organization: Some(asked.to_owned()), ..expectations() };
        check(&with(&changes), &expected).map(|token| token.organization().unwrap().to_owned())
    };
    let both = json!({"org_id": "org_1", "org_name": "acme"});
    assert_eq!(check("org_1", both.clone()).unwrap(), "org_1");
    assert_eq!(check("Acme", both.clone()).unwrap(), "org_1");
    for (asked, changes) in [
        ("org_2", both.clone()),
        ("ORG_1", both.clone()),
        ("other", both),
        ("org_1", json!({})),
        ("acme", json!({"org_id": "acme"})),
    ] {
        assert_eq!(check(asked, changes), Err(IdTokenError::Organization), "{asked}");
    }
}

#[test]
fn a_refresh_requires_the_same_person_and_no_nonce() {
    let expected =
        Expectations { nonce: None, subject: Some("auth0|1".to_owned()), ..expectations() };
    assert!(check(&with(&json!({"nonce": null})), &expected).is_ok());
    assert_eq!(check(&with(&json!({"sub": "auth0|2"})), &expected), Err(IdTokenError::Subject));
}

#[test]
fn refused_algorithms_name_the_setting() {
    for alg in ["none", "HS256"] {
        let raw = Secret::new(sign(alg, &claims()));
        let error = validate(&raw, &jwks(), &expectations(), NOW).unwrap_err();
        assert_eq!(error, IdTokenError::Algorithm(alg.to_owned()));
        assert!(Error::from(error).hint_text().unwrap().contains("RS256"));
    }
}

#[test]
fn an_unknown_key_differs_from_a_bad_signature() {
    let raw = |kid| Secret::new(sign_with(&json!({"alg": "RS256", "kid": kid}), &claims()));
    assert_eq!(
        validate(&raw("new"), &jwks(), &expectations(), NOW),
        Err(IdTokenError::UnknownKey(Some("new".to_owned())))
    );
    assert_eq!(validate(&raw("old"), &jwks(), &expectations(), NOW), Err(IdTokenError::Signature));
}

#[test]
fn damaged_tokens_are_invalid() {
    let sound = sign("RS256", &claims());
    let (keys, expected) = (jwks(), expectations());
    Mutator::new(6).each(sound.as_bytes(), 3000, |bytes| {
        let raw = String::from_utf8_lossy(bytes);
        if raw != sound {
            let raw = Secret::new(raw);
            assert!(validate(&raw, &keys, &expected, NOW).is_err());
        }
    });
}
