//! Proof Key for Code Exchange (RFC 7636), and the other random values of a login.

use sha2::{Digest, Sha256};

use super::wire;
use crate::base::secret::Secret;

/// The code verifier (RFC 7636 §4.1). It is only sent to the token endpoint, so a stolen code
/// cannot be used without it.
#[derive(Clone, Debug)]
pub struct CodeVerifier(Secret);

impl CodeVerifier {
    /// Makes 43 unreserved characters from 256 random bits, as RFC 7636 §4.1 recommends.
    pub fn from_bytes(random: [u8; 32]) -> Self {
        Self(Secret::new(wire::base64url(&random)))
    }

    /// The S256 code challenge (RFC 7636 §4.2). `plain` is never used.
    pub fn challenge(&self) -> String {
        wire::base64url(&Sha256::digest(self.0.expose()))
    }

    /// The verifier, for the token request.
    pub fn secret(&self) -> &Secret {
        &self.0
    }
}

/// An unguessable value: a `state`, a `nonce` or a JWT ID.
#[derive(Clone, Debug)]
pub struct RandomToken(Secret);

impl RandomToken {
    /// Makes 43 characters from 256 random bits. They are base64url, because some servers change
    /// `+` and `%2F` in a `state`.
    pub fn from_bytes(random: [u8; 32]) -> Self {
        Self(Secret::new(wire::base64url(&random)))
    }

    /// The value, for a request.
    pub fn secret(&self) -> &Secret {
        &self.0
    }
}

/// The random bytes of one login: 96 bytes from the system's generator.
pub struct Entropy {
    pub(super) verifier: CodeVerifier,
    pub(super) state: RandomToken,
    pub(super) nonce: RandomToken,
}

impl Entropy {
    /// Splits the bytes into verifier, state and nonce: 256 bits each.
    pub fn from_bytes(random: [u8; 96]) -> Self {
        let part = |at: usize| -> [u8; 32] { std::array::from_fn(|i| random[at * 32 + i]) };
        Self {
            verifier: CodeVerifier::from_bytes(part(0)),
            state: RandomToken::from_bytes(part(1)),
            nonce: RandomToken::from_bytes(part(2)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_7636_appendix_b() {
        let verifier = CodeVerifier::from_bytes([
            116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212,
            37, 77, 105, 214, 191, 240, 91, 88, 5, 88, 83, 132, 141, 121,
        ]);
        assert_eq!(verifier.secret().expose(), "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(verifier.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn the_three_values_of_a_login_differ() {
        let entropy = Entropy::from_bytes(std::array::from_fn(|i| i as u8));
        let all = [
            entropy.verifier.secret().expose(),
            entropy.state.secret().expose(),
            entropy.nonce.secret().expose(),
        ];
        assert!(all.iter().all(|value| value.len() == 43));
        assert!(all[0] != all[1] && all[1] != all[2] && all[0] != all[2]);
    }
}
