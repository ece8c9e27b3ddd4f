//! Manifests: lines of a digest, two spaces and a name, exactly as evipack writes them.
//!
//! The standard allows more; but what evipack wrote and what was changed later could then look alike.

/// Reads a manifest; returns its lines and what is wrong, each with its line.
pub(super) fn parse(bytes: &[u8], is_payload: bool) -> (Vec<(&str, &str)>, Vec<String>) {
    let mut lines: Vec<(&str, &str)> = Vec::new();
    let mut wrong = Vec::new();
    let Ok(text) = std::str::from_utf8(bytes) else {
        return (lines, vec!["it is not text".into()]);
    };
    for (nth, line) in text.split_inclusive('\n').enumerate() {
        let mut say = |why: &str| wrong.push(format!("line {}: {why}", nth + 1));
        let Some((name, digest)) = entry(line) else {
            say("it is not a digest, two spaces and a name");
            continue;
        };
        if name.starts_with("data/") != is_payload {
            say("the file belongs into the other manifest");
        } else if lines.last().is_some_and(|(before, _)| *before >= name) {
            say("the files are not sorted, or one is listed twice");
        } else {
            lines.push((name, digest));
        }
    }
    (lines, wrong)
}

fn entry(line: &str) -> Option<(&str, &str)> {
    let (digest, name) = line.strip_suffix('\n')?.split_once("  ")?;
    let is_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    let is_step = |step: &str| !matches!(step, "" | "." | "..");
    let fits = digest.len() == 64 && digest.bytes().all(is_hex) && name.split('/').all(is_step);
    fits.then_some((name, digest))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn only_what_evipack_writes_is_read() {
        let digest = "ab".repeat(32);
        let good = format!("{digest}  data/a\n{digest}  data/b\n");
        assert_eq!(parse(good.as_bytes(), true).0, [("data/a", digest.as_str()), ("data/b", &digest)]);
        assert!(parse(good.as_bytes(), true).1.is_empty());
        for bad in [
            good.replace("  ", " "),
            good.replace("  ", " *"),
            good.replace('\n', "\r\n").replace("\r\n", "\n\r"),
            good.replace("ab", "AB"),
            good.replace("data/b", "data/a"),
            good.replace("data/b", "data/../b"),
            good.replace("data/b", "data//b"),
            good.replace("data/b", "index.html"),
            good.trim_end().to_owned(),
            format!("{good}\n"),
            good.replacen("ab", "a", 1),
        ] {
            assert!(!parse(bad.as_bytes(), true).1.is_empty(), "{bad:?}");
        }
        assert!(!parse(b"\xff", true).1.is_empty());
    }
}
