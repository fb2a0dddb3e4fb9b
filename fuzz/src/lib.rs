//! Properties that must be true for any bytes, one function per target. They are run by libFuzzer
//! (`fuzz_targets/`), and by `cargo test` on stable Rust with the same seeds (`corpus/`): see
//! `tests/fuzzing`.

mod answers;
mod callback;
mod headers;
mod id_token;
mod input;
mod loopback;
mod names;
mod output;
mod pages;
mod profile;

/// A property. It panics if it is not true for the bytes.
pub type Property = fn(&[u8]);

/// Every target, by the name of its file in `fuzz_targets` and its folder in `corpus`.
pub const TARGETS: &[(&str, Property)] = &[
    ("api_page", pages::api_page),
    ("callback", callback::callback),
    ("delimited", output::delimited),
    ("id_token", id_token::id_token),
    ("id_token_claims", id_token::claims),
    ("jwks", id_token::jwks),
    ("names", names::names),
    ("paging", pages::paging),
    ("profile", profile::profile),
    ("profile_edit", profile::edit),
    ("redact", output::redact),
    ("request", loopback::request),
    ("response_headers", headers::response_headers),
    ("show", output::show),
    ("token_answers", answers::token_answers),
];

/// Checks one target's property for these bytes.
pub fn run(name: &str, bytes: &[u8]) {
    let (_, property) = TARGETS.iter().find(|(known, _)| *known == name).expect("a target");
    property(bytes);
}
