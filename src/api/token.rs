use std::fmt;

/// The secret that goes with a user name. It is never shown: `Debug` and logs are redacted.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Takes the token as the user has it.
    pub fn new(token: impl Into<String>) -> Token {
        Token(token.into())
    }

    /// Makes a token of 64 random letters and digits, from the system's own source of randomness.
    pub fn generate() -> Token {
        // A version 4 UUID carries 122 random bits of the operating system; three give enough for 64 characters.
        const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let bytes = std::iter::repeat_with(|| uuid::Uuid::new_v4().into_bytes()).flatten();
        // 248 is the largest multiple of 62 in a byte: larger values would favour the first letters. The bytes that hold the
        // UUID's version and variant are not random and left out.
        let random = bytes.enumerate().filter(|(index, _)| !matches!(index % 16, 6 | 8)).map(|(_, byte)| byte);
        Token(random.filter(|byte| *byte < 248).map(|byte| ALPHABET[usize::from(byte % 62)] as char).take(64).collect())
    }

    /// The token itself, for the one header and the one file that need it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::Token;

    #[test]
    fn debug_is_redacted() {
        assert_eq!(format!("{:?}", Token::new("very-secret")), "Token(***)");
    }

    #[test]
    fn generated_tokens_are_64_letters_and_digits_and_differ() {
        let (one, two) = (Token::generate(), Token::generate());
        assert_eq!(one.reveal().len(), 64);
        assert!(one.reveal().bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_ne!(one, two);
    }
}
