//! Words of a command line that a person pastes into a shell.

/// The text as one word: as it is where that is safe, else in quotes.
pub(crate) fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_shell_would_take_apart_is_quoted() {
        for (text, expected) in [
            ("/var/lib/roll-call_1", "/var/lib/roll-call_1"),
            ("postgres://u@h:5432/d", "postgres://u@h:5432/d"),
            ("my data", "'my data'"),
            ("$HOME", "'$HOME'"),
            ("it's", r"'it'\''s'"),
            ("x?mode=rwc&a=b", "'x?mode=rwc&a=b'"),
            ("~/x", "'~/x'"),
            ("", "''"),
        ] {
            assert_eq!(word(text), expected);
        }
    }
}
