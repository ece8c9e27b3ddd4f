//! The words of a command, as a person meant them.
//!
//! Owns what shells of Windows leave to the program: names with `*` and `?`, and the quotation mark that
//! stays at the end of `"My class\"`. Refuses to guess anywhere else.

use std::ffi::OsString;

/// Returns the words that the program was started with, its own name first.
pub fn words() -> impl Iterator<Item = OsString> {
    wild::args_os().map(|word| if cfg!(windows) { closed(word) } else { word })
}

/// Windows takes the backslash before a closing mark for a sign that the mark is a part of the name; it
/// cannot be one, and shells that complete the names of folders write that backslash.
fn closed(word: OsString) -> OsString {
    let name = word.to_str().and_then(|text| text.strip_suffix('"')).filter(|name| !name.contains('"'));
    name.map(OsString::from).unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quotation_mark_that_closed_a_folder_is_no_part_of_it() {
        let closed = |word: &str| closed(word.into()).into_string().expect("text");
        assert_eq!(closed(r#"C:\my class""#), r"C:\my class");
        for word in ["", r"C:\my class\", r#"C:\my class" --html c.html"#, r#"--pattern="(?<name>.+)""#] {
            assert_eq!(closed(word), word);
        }
    }
}
