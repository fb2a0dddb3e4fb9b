//! Decides by a key's name whether it holds a secret.

/// How much of a key's value is secret.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Reach {
    /// Nothing.
    #[default]
    None,
    /// A string, a number, or a list of them. Objects are judged by their own keys.
    Values,
    /// Everything below the key.
    Below,
    /// Everything below the key, except inside [`Reach::Methods`].
    Credentials,
    /// `client_authentication_methods`. The `credentials` inside are IDs of public keys.
    Methods,
    /// Everything below the key, but only inside [`Reach::Options`].
    Configuration,
    /// `options` of a connection. Elsewhere a `configuration` holds ordinary settings.
    Options,
}

impl Reach {
    /// Whether a value under such a key may be secret.
    pub(super) const fn may_hide(self) -> bool {
        !matches!(self, Self::None | Self::Methods | Self::Options)
    }
}

/// What a key with this name hides. Names are compared by their ASCII letters and digits, in lower
/// case.
pub(super) fn reach(name: &[u8]) -> Reach {
    // Longer than any key of Auth0's. Of a longer key only the end counts, where the noun is.
    let mut folded = [0_u8; 64];
    let name = match name.len().checked_sub(folded.len()) {
        Some(extra) => name.get(extra..).unwrap_or_default(),
        None => name,
    };
    if !may_match(name) {
        return Reach::None;
    }
    let mut length = 0;
    let kept = name.iter().filter(|byte| byte.is_ascii_alphanumeric());
    for (slot, byte) in folded.iter_mut().zip(kept) {
        *slot = byte.to_ascii_lowercase();
        length += 1;
    }
    let key = folded.get(..length).unwrap_or_default();
    for rule in RULES {
        let matches = match rule.at {
            At::Whole => key == rule.word,
            At::End => key.ends_with(rule.word),
            At::Anywhere => contains(key, rule.word),
        };
        let is_plain = || rule.word == b"password" && NO_PASSWORD.iter().any(|w| contains(key, w));
        if matches && !is_plain() {
            return rule.reach;
        }
    }
    Reach::None
}

/// The name of the key at the end of `text`, which lacks the closing quote. `None` if the name has
/// escapes, which only the scan decodes.
pub(super) fn last_key(text: &[u8]) -> Option<&[u8]> {
    let (before, name) = text.split_at(memchr::memrchr(b'"', text)? + 1);
    (!before.ends_with(b"\\\"") && !name.contains(&b'\\')).then_some(name)
}

/// Where in a key the word of a rule must be. The key is folded to lower-case letters and digits.
#[derive(Clone, Copy)]
enum At {
    Whole,
    End,
    Anywhere,
}

struct Rule {
    at: At,
    word: &'static [u8],
    reach: Reach,
}

const fn rule(at: At, word: &'static str, reach: Reach) -> Rule {
    Rule { at, word: word.as_bytes(), reach }
}

/// The keys that hold secrets. Words are folded like the keys in [`reach`].
const RULES: &[Rule] = &[
    // Clients: `client_secret`, `jwt_configuration.secret`; connections: `app_secret`,
    // `gateway_authentication.secret`; `signing_secret`, `aws_secret_access_key`, `secrets`.
    rule(At::Anywhere, "secret", Reach::Below),
    rule(At::End, "encryptionkey", Reach::Below),
    rule(At::End, "encryptionkeys", Reach::Below),
    rule(At::End, "decryptionkey", Reach::Below),
    rule(At::End, "decryptionkeys", Reach::Below),
    rule(At::End, "signingkey", Reach::Below),
    rule(At::End, "signingkeys", Reach::Below),
    rule(At::End, "privatekey", Reach::Below),
    rule(At::End, "privatekeys", Reach::Below),
    rule(At::End, "privatekeyid", Reach::Below),
    rule(At::End, "accesskey", Reach::Below),
    rule(At::End, "apikey", Reach::Below),
    rule(At::End, "apikeys", Reach::Below),
    rule(At::End, "masterkey", Reach::Below),
    rule(At::End, "saskey", Reach::Below),
    rule(At::Whole, "skey", Reach::Below),
    rule(At::Whole, "pkcs7", Reach::Below),
    // Push notifications: `server_key`, `server_credentials`, `p12`.
    rule(At::End, "serverkey", Reach::Below),
    rule(At::Whole, "servercredentials", Reach::Below),
    rule(At::Whole, "p12", Reach::Below),
    // URLs that are enough for access.
    rule(At::Whole, "ticket", Reach::Values),
    rule(At::End, "ticketurl", Reach::Values),
    rule(At::Whole, "invitationurl", Reach::Values),
    // Imported users: `hash.value`, `hash.key.value`, `salt.value`.
    rule(At::Whole, "custompasswordhash", Reach::Below),
    // Settings of custom database scripts, and the scripts themselves, which often contain keys.
    rule(At::Whole, "configuration", Reach::Configuration),
    rule(At::Whole, "options", Reach::Options),
    rule(At::Whole, "customscripts", Reach::Below),
    rule(At::Whole, "scripts", Reach::Below),
    // Email and phone providers; log streams.
    rule(At::Whole, "credentials", Reach::Credentials),
    rule(At::Whole, "sink", Reach::Below),
    rule(At::Whole, "sinks", Reach::Below),
    // `access_token`, `twilio_token`, `ext_refresh_token`, a SCIM `token`, `splunkToken`.
    rule(At::End, "token", Reach::Values),
    rule(At::End, "tokens", Reach::Values),
    // `servicePassword`, `smtp_pass`, `custom_password_hash`, and unknown ones.
    rule(At::Anywhere, "password", Reach::Values),
    rule(At::Anywhere, "passwd", Reach::Values),
    rule(At::Anywhere, "passphrase", Reach::Values),
    rule(At::Whole, "pass", Reach::Values),
    rule(At::Whole, "smtppass", Reach::Values),
    rule(At::End, "pwd", Reach::Values),
    // Authentication: requests, responses, headers of webhooks.
    rule(At::End, "authorization", Reach::Values),
    rule(At::End, "assertion", Reach::Values),
    rule(At::Whole, "codeverifier", Reach::Values),
    rule(At::Whole, "devicecode", Reach::Values),
    rule(At::Whole, "usercode", Reach::Values),
    rule(At::Whole, "verificationuricomplete", Reach::Values),
    rule(At::End, "recoverycode", Reach::Values),
    rule(At::End, "recoverycodes", Reach::Values),
    rule(At::Whole, "cookie", Reach::Values),
    rule(At::Whole, "setcookie", Reach::Values),
    rule(At::Whole, "clientauthenticationmethods", Reach::Methods),
];

/// Folded words for settings and dates that concern passwords but are not secret.
static NO_PASSWORD: &[&[u8]] =
    &[b"passwordpolicy", b"passwordless", b"passwordreset", b"passwordset", b"lastpassword"];

/// Whether any rule could match. This rejects nearly every ordinary key in a few instructions, and
/// each row has dozens of keys.
fn may_match(name: &[u8]) -> bool {
    let all = letters(name);
    if ANYWHERE.iter().any(|word| word & !all == 0) {
        return true;
    }
    match name.last_chunk::<3>() {
        Some(ending) if ending.iter().all(u8::is_ascii_alphanumeric) => {
            ENDINGS[ending_bucket(ending)]
        }
        // Folding would change the ending, so the rules must decide.
        Some(_) => true,
        None => false,
    }
}

/// The letters of each word that may be anywhere in a key.
const ANYWHERE: [u32; 4] = {
    let mut words = [u32::MAX; 4];
    let mut found = 0;
    let mut i = 0;
    while i < RULES.len() {
        if matches!(RULES[i].at, At::Anywhere) {
            words[found] = letters(RULES[i].word);
            found += 1;
        }
        i += 1;
    }
    words
};

/// The last three characters of every word that must be at the end of a key.
static ENDINGS: [bool; 1 << 12] = {
    let mut endings = [false; 1 << 12];
    let mut i = 0;
    while i < RULES.len() {
        if let (At::Whole | At::End, Some(ending)) = (RULES[i].at, RULES[i].word.last_chunk()) {
            endings[ending_bucket(ending)] = true;
        }
        i += 1;
    }
    endings
};

/// An index into [`ENDINGS`], the same for capitals. Some endings share an index, which only costs
/// an unnecessary comparison.
const fn ending_bucket(ending: &[u8; 3]) -> usize {
    let [a, b, c] = *ending;
    (a as usize & 0x0f) << 8 | (b as usize & 0x0f) << 4 | (c as usize & 0x0f)
}

/// The set of letters in a text as bits, the same for capitals. Other characters share some bits.
const fn letters(text: &[u8]) -> u32 {
    let mut letters = 0;
    let mut i = 0;
    while i < text.len() {
        letters |= 1 << (text[i] & 0x1f);
        i += 1;
    }
    letters
}

fn contains(key: &[u8], word: &[u8]) -> bool {
    key.windows(word.len()).any(|part| part == word)
}
