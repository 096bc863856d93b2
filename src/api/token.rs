use std::fmt;

use uuid::Uuid;

/// The secret that goes with a user name. It never shows itself: `Debug` and logs are redacted.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Takes the token as the user has it.
    pub fn new(token: impl Into<String>) -> Token {
        Token(token.into())
    }

    /// Makes a token of 64 random letters and digits, from the system's own source of randomness.
    pub fn generate() -> Token {
        let half = || Uuid::new_v4().simple();
        Token(format!("{}{}", half(), half()))
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
