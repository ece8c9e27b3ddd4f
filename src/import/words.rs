//! Words from files that nobody here wrote.
//!
//! Owns how names are compared, and how text is made safe to show, to print and to open in a
//! spreadsheet program. Refuses to guess what a text means.

use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;

/// The most characters of a title that are kept.
const MAX_TITLE: usize = 90;

/// Returns a name without case, marks around it and differences in spacing.
pub(super) fn plain(name: &str) -> String {
    let shown: String = name.nfkc().filter(|c| !matches!(*c, '\u{200B}'..='\u{200F}' | '\u{FEFF}')).collect();
    let words: Vec<&str> = shown.trim().trim_matches(['"', '\'']).split_whitespace().collect();
    words.join(" ").to_lowercase()
}

/// Returns the words of a text in lower case, split at everything that is no letter or digit.
pub(super) fn tokens(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| !c.is_alphanumeric()).filter(|p| !p.is_empty());
    parts.map(str::to_lowercase).collect()
}

/// Tells whether a text holds a phrase as whole words.
pub(super) fn holds(text: &str, phrase: &str) -> bool {
    let (text, phrase) = (tokens(text), tokens(phrase));
    !phrase.is_empty() && text.windows(phrase.len()).any(|w| w == phrase)
}

/// Returns the first words of a text on one line, with only such characters as can be printed.
pub(super) fn title(text: &str, printable: &dyn Fn(char) -> bool) -> String {
    let kept: String =
        text.nfc().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| printable(*c)).collect();
    let kept = kept.split_whitespace().collect::<Vec<_>>().join(" ");
    if kept.chars().count() <= MAX_TITLE {
        return kept;
    }
    let cut: String = kept.chars().take(MAX_TITLE).collect();
    let end = cut.rfind(' ').filter(|at| *at > MAX_TITLE / 2).unwrap_or(cut.len());
    format!("{}…", cut[..end].trim_end_matches([' ', ',', '.', ';', ':']))
}

/// Returns a text that no spreadsheet program takes for a formula.
pub(super) fn harmless(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if is_formula { format!("'{text}") } else { text.to_owned() }
}

/// Returns a short beginning of a cell for a message.
pub(super) fn short(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(41).collect();
    if line.chars().count() > 40 { format!("{}…", line.chars().take(40).collect::<String>()) } else { line }
}

/// Returns the name of a file in plain characters, for the profile.
pub(super) fn file_name(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    let keep = |c: char| if c.is_ascii_graphic() && !"\"\\<>|".contains(c) || c == ' ' { c } else { '_' };
    name.chars().map(keep).take(120).collect::<String>().trim().to_owned()
}

/// Returns lower-case letters and digits with single hyphens.
pub(super) fn slug(text: &str) -> String {
    let words = tokens(text).into_iter().map(|w| w.chars().filter(char::is_ascii_alphanumeric).collect());
    let words: Vec<String> = words.filter(|w: &String| !w.is_empty()).collect();
    let slug: String = words.join("-").chars().take(60).collect();
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "export".into() } else { slug.into() }
}

/// Returns a day as people write it, such as 3 July 2026.
pub(super) fn day(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// Returns a span of days as people write it.
pub(super) fn span((from, to): (Date, Date)) -> String {
    if from == to { day(from) } else { format!("{} to {}", day(from), day(to)) }
}

/// Returns a list as people write it: “a, b and c”.
pub(super) fn listing(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_case_and_spacing() {
        assert_eq!(
            plain("\u{FEFF} \"Reactions,\u{A0} Comments  and Shares\" "),
            "reactions, comments and shares"
        );
        assert!(holds("Instagram profile visits", "profile visits") && !holds("Xylophone", "x"));
    }

    #[test]
    fn titles_are_one_printable_line() {
        let printable = |c: char| c.is_ascii();
        assert_eq!(title("First 🎉\nline,\tsecond", &printable), "First line, second");
        let long = title(&"word ".repeat(60), &printable);
        assert!(long.chars().count() <= MAX_TITLE + 1 && long.ends_with("word…"), "{long}");
    }

    #[test]
    fn formulas_and_odd_names_do_no_harm() {
        for text in ["=1+1", "+1", "-1", "@a", "\t=1"] {
            assert_eq!(harmless(text), format!("'{text}"));
        }
        assert_eq!(harmless("a=1"), "a=1");
        assert_eq!(file_name("/home/me/Übersicht \u{202e}x.csv"), "_bersicht _x.csv");
        assert_eq!(
            (slug("Jul-01 (2026).CSV").as_str(), slug("日本").as_str()),
            ("jul-01-2026-csv", "export")
        );
    }
}
