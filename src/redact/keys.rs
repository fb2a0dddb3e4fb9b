//! Which keys hold secrets.

/// How far a key's secrecy goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Reach {
    /// It holds none.
    #[default]
    None,
    /// A string, a number, or a list of them; objects are looked into by their own keys.
    Values,
    /// Everything below.
    Below,
    /// Everything below, unless under [`Reach::Methods`].
    Credentials,
    /// `client_authentication_methods`: the `credentials` in there are IDs of public keys.
    Methods,
}

/// What a key hides. It is compared by its ASCII letters and digits, in lower case.
pub(super) fn reach(name: &str) -> Reach {
    // Longer than any key of Auth0's; of a longer one the end counts, where the noun stands.
    let mut folded = [0_u8; 64];
    let skipped = name.len().saturating_sub(folded.len());
    let mut length = 0;
    let mut letters = 0;
    for byte in name.bytes().skip(skipped).filter(u8::is_ascii_alphanumeric) {
        let byte = byte.to_ascii_lowercase();
        letters |= letter(byte);
        if let Some(slot) = folded.get_mut(length) {
            *slot = byte;
            length += 1;
        }
    }
    let key = folded.get(..length).unwrap_or_default();
    for (&(at, word, reach), &needed) in RULES.iter().zip(&LETTERS) {
        if letters & needed != needed {
            continue;
        }
        let matches = match at {
            At::Whole => key == word.as_bytes(),
            At::End => key.ends_with(word.as_bytes()),
            At::Anywhere => contains(key, word),
        };
        if matches && !(word == "password" && NO_PASSWORD.iter().any(|word| contains(key, word))) {
            return reach;
        }
    }
    Reach::None
}

/// Where a rule's word stands in a key that was folded to lower-case letters and digits.
#[derive(Clone, Copy)]
enum At {
    Whole,
    End,
    Anywhere,
}

/// The keys that hold secrets. Words are folded as [`reach`] folds keys.
const RULES: &[(At, &str, Reach)] = &[
    // Clients: `client_secret`, `jwt_configuration.secret`; connections: `app_secret`,
    // `gateway_authentication.secret`; `signing_secret`, `aws_secret_access_key`, `secrets`.
    (At::Anywhere, "secret", Reach::Below),
    (At::End, "encryptionkey", Reach::Below),
    (At::End, "encryptionkeys", Reach::Below),
    (At::End, "decryptionkey", Reach::Below),
    (At::End, "decryptionkeys", Reach::Below),
    (At::End, "signingkey", Reach::Below),
    (At::End, "signingkeys", Reach::Below),
    (At::End, "privatekey", Reach::Below),
    (At::End, "privatekeys", Reach::Below),
    (At::End, "privatekeyid", Reach::Below),
    (At::End, "accesskey", Reach::Below),
    (At::End, "apikey", Reach::Below),
    (At::End, "apikeys", Reach::Below),
    (At::End, "masterkey", Reach::Below),
    (At::End, "saskey", Reach::Below),
    (At::Whole, "skey", Reach::Below),
    (At::Whole, "pkcs7", Reach::Below),
    // What Auth0 gives to custom database scripts, and the scripts, which often hold keys.
    (At::Whole, "configuration", Reach::Below),
    (At::Whole, "customscripts", Reach::Below),
    (At::Whole, "scripts", Reach::Below),
    // Email and phone providers; log streams.
    (At::Whole, "credentials", Reach::Credentials),
    (At::Whole, "sink", Reach::Below),
    (At::Whole, "sinks", Reach::Below),
    // `access_token`, `twilio_token`, `ext_refresh_token`, a SCIM `token`, `splunkToken`.
    (At::End, "token", Reach::Values),
    (At::End, "tokens", Reach::Values),
    // `servicePassword`, `smtp_pass`, `custom_password_hash`, and the unknown.
    (At::Anywhere, "password", Reach::Values),
    (At::Anywhere, "passwd", Reach::Values),
    (At::Anywhere, "passphrase", Reach::Values),
    (At::Whole, "pass", Reach::Values),
    (At::Whole, "smtppass", Reach::Values),
    (At::End, "pwd", Reach::Values),
    // Authentication: requests, answers, headers of webhooks.
    (At::End, "authorization", Reach::Values),
    (At::End, "assertion", Reach::Values),
    (At::Whole, "codeverifier", Reach::Values),
    (At::Whole, "devicecode", Reach::Values),
    (At::Whole, "usercode", Reach::Values),
    (At::End, "recoverycode", Reach::Values),
    (At::End, "recoverycodes", Reach::Values),
    (At::Whole, "cookie", Reach::Values),
    (At::Whole, "setcookie", Reach::Values),
    (At::Whole, "clientauthenticationmethods", Reach::Methods),
];

/// Settings and dates about passwords, in words after folding.
const NO_PASSWORD: &[&str] =
    &["passwordpolicy", "passwordless", "passwordreset", "passwordset", "lastpassword"];

/// The letters of each rule's word: a key that lacks one of them is no match, which settles
/// nearly every ordinary key without a comparison.
const LETTERS: [u32; RULES.len()] = {
    let mut letters = [0; RULES.len()];
    let mut i = 0;
    while i < RULES.len() {
        let word = RULES[i].1.as_bytes();
        let mut j = 0;
        while j < word.len() {
            letters[i] |= letter(word[j]);
            j += 1;
        }
        i += 1;
    }
    letters
};

/// A bit for each letter; digits and the rest have none.
const fn letter(byte: u8) -> u32 {
    if byte.is_ascii_lowercase() { 1 << (byte - b'a') } else { 0 }
}

fn contains(key: &[u8], word: &str) -> bool {
    key.windows(word.len()).any(|part| part == word.as_bytes())
}
