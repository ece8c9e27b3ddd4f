//! Printing: the only place that writes to standard output or standard error.
//!
//! Owns how problems look to a person and to a program. Everything that came from outside is shown
//! with control and direction characters spelled out, so that no file can forge a line on a screen.

use std::fmt::Write as _;
use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write};
use std::process::ExitCode;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde::Serialize;
use serde_json::{Value, json};

use super::{IO, Outcome};
use crate::diag::{Diagnostic, Place, Severity};
use crate::text::{acts, visible};

/// Characters of a line that are shown around a problem.
const EXCERPT: usize = 84;
/// Findings of one kind that are shown.
const SHOWN: usize = 3;

/// Writes text to standard output; a closed pipe ends the program quietly.
pub(super) fn print(text: &str) -> Outcome {
    print_with(|out| out.write_all(text.as_bytes()))
}

/// Writes to standard output piece by piece; a closed pipe ends the program quietly.
pub(super) fn print_with(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Outcome {
    let mut out = BufWriter::new(io::stdout().lock());
    let written = write(&mut out).and_then(|()| out.flush());
    Ok(match written {
        Err(e) if e.kind() != ErrorKind::BrokenPipe => ExitCode::from(IO),
        _ => ExitCode::SUCCESS,
    })
}

/// Writes problems to standard error.
pub(super) fn problems(problems: &[Diagnostic], text: Option<&str>) {
    let _ = std::io::stderr().lock().write_all(in_full(problems, text).as_bytes());
}

/// Shows problems one after the other, each with its excerpt.
pub(super) fn in_full(problems: &[Diagnostic], text: Option<&str>) -> String {
    problems.iter().map(|problem| format!("{}\n", human(problem, text))).collect()
}

/// Spells out characters that could change what a reader sees.
pub(super) fn display(text: &str) -> String {
    visible(text)
}

/// Spells out the same characters in JSON text, where they can only stand inside strings.
pub(super) fn display_json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if acts(c) {
            let _ = c.encode_utf16(&mut [0; 2]).iter().try_for_each(|unit| write!(out, "\\u{unit:04x}"));
        } else {
            out.push(c);
        }
    }
    out
}

/// Writes something as JSON, indented, with the same characters spelled out; nothing of it is held in memory.
pub(super) fn write_json(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let mut out = Displayed(out);
    serde_json::to_writer_pretty(&mut out, value)?;
    out.write_all(b"\n")
}

/// Takes JSON text in pieces that begin and end between characters.
struct Displayed<'a>(&'a mut dyn Write);

impl Write for Displayed<'_> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let text = str::from_utf8(piece).map_err(|e| io::Error::new(ErrorKind::InvalidData, e))?;
        if text.contains(acts) {
            self.0.write_all(display_json(text).as_bytes())?;
        } else {
            self.0.write_all(piece)?;
        }
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Shows a problem with its place, the line that it stands in, and what to do.
pub(super) fn human(problem: &Diagnostic, text: Option<&str>) -> String {
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let message = display(&problem.message);
    let place = problem.place.as_ref();
    let excerpt = place.zip(text).filter(|(p, _)| p.line > 0).and_then(|(p, text)| excerpt(p, text));
    let hints: Vec<String> = problem.hints.iter().map(|h| display(h)).collect();
    let feeds = format!("this counts towards {}", problem.feeds.join(", "));
    let mut group = Group::with_title(level.primary_title(message.as_str()).id(problem.code.as_str()));
    if let (Some(place), Some((line, range))) = (place, &excerpt) {
        let mark = AnnotationKind::Primary.span(range.clone());
        group = group.element(
            Snippet::source(line.as_str()).line_start(place.line).path(place.file.as_str()).annotation(mark),
        );
    }
    for hint in &hints {
        group = group.element(Level::HELP.message(hint.as_str()));
    }
    if !problem.feeds.is_empty() {
        group = group.element(Level::NOTE.message(feeds.as_str()));
    }
    let renderer = if is_coloured() { Renderer::styled() } else { Renderer::plain() };
    let shown = renderer.render(&[group]);
    match (place, &excerpt) {
        (Some(place), Some(_)) => with_column(&shown, place),
        (Some(place), None) if place.line > 0 => {
            format!("{shown}\n  --> {}:{}:{}\n", display(&place.file), place.line, place.column)
        }
        (Some(place), None) if !problem.message.contains(&place.file) => {
            format!("{shown}\n  --> {}\n", display(&place.file))
        }
        _ => format!("{shown}\n"),
    }
}

/// An excerpt begins in the middle of a long line: the column is that of the file, not of the excerpt.
fn with_column(shown: &str, place: &Place) -> String {
    let start = format!("{}:{}:", place.file, place.line);
    let mut out = String::new();
    for line in shown.lines() {
        match line.split_once(&start) {
            Some((before, _)) if before.contains("-->") => {
                let _ = writeln!(out, "{before}{start}{}", place.column);
            }
            _ => {
                let _ = writeln!(out, "{line}");
            }
        }
    }
    out
}

fn excerpt(place: &Place, text: &str) -> Option<(String, std::ops::Range<usize>)> {
    let start = text[..place.bytes.start.min(text.len())].rfind('\n').map_or(0, |i| i + 1);
    let line = text[start..].lines().next()?;
    let chars: Vec<char> = line.chars().collect();
    let at = place.column.saturating_sub(1).min(chars.len());
    let length = text.get(place.bytes.clone()).map_or(1, |t| t.chars().count()).max(1);
    let from = if chars.len() <= EXCERPT { 0 } else { at.saturating_sub(EXCERPT / 3) };
    let to = (from + EXCERPT).min(chars.len());
    let shown: Vec<String> = chars[from..to].iter().map(|c| display(&c.to_string())).collect();
    let bytes = |chars: usize| shown.iter().take(chars.saturating_sub(from)).map(String::len).sum::<usize>();
    let line = shown.concat();
    let range = bytes(at)..bytes((at + length).min(to)).max(bytes(at));
    Some((line, range))
}

fn is_coloured() -> bool {
    takes_escapes(&io::stderr()) && std::env::var_os("NO_COLOR").is_none()
}

/// Tells whether a stream is a terminal that understands escape sequences; consoles of Windows have to be asked to.
pub(super) fn takes_escapes(stream: &impl IsTerminal) -> bool {
    stream.is_terminal() && anstyle_query::windows::enable_ansi_colors().unwrap_or(true)
}

/// Returns what was found in a finished pack, the gravest first and a few of each kind.
pub(super) fn findings(list: &[Diagnostic]) -> String {
    if list.is_empty() {
        return String::new();
    }
    let mut out =
        format!("\nTo look at: {}. The pack is written; this is advice, not an error.\n", list.len());
    for group in list.chunk_by(|a, b| (&a.code, &a.hints) == (&b.code, &b.hints)) {
        let hint = group[0].hints.first().map_or("", String::as_str);
        let _ = writeln!(out, "\n{} ({}): {}", group[0].code.as_str(), group.len(), display(hint));
        for problem in group.iter().take(SHOWN) {
            let at = problem.place.as_ref().map(|p| format!("{}:{}: ", display(&p.file), p.line));
            let about = match problem.feeds[..] {
                [] => String::new(),
                _ => format!(" [{}]", problem.feeds.join(", ")),
            };
            let text = format!("· {}{}{about}", at.unwrap_or_default(), display(&problem.message));
            out.push_str(&wrapped(&text, "  ", 96));
        }
        if group.len() > SHOWN {
            let _ = writeln!(out, "  and {} more, all in checklist.json", group.len() - SHOWN);
        }
    }
    out
}

/// Returns a problem for other programs.
pub(super) fn machine(problem: &Diagnostic) -> Value {
    let place = problem.place.as_ref();
    json!({
        "code": problem.code.as_str(), "severity": problem.severity, "message": problem.message,
        "file": place.map(|p| &p.file), "line": place.map(|p| p.line), "column": place.map(|p| p.column),
        "pointer": place.and_then(|p| p.pointer.as_ref()), "hints": problem.hints, "feeds": problem.feeds,
    })
}

/// The width to wrap to: that of the terminal or, for programs that say it, of `COLUMNS`. Text that
/// goes into a file or another program is not wrapped, so that each finding stays on one line.
pub(super) fn width() -> usize {
    let said = std::env::var_os("COLUMNS").and_then(|c| c.to_str()?.parse().ok());
    let terminal = terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| width.0.into());
    terminal.or(said).map_or(usize::MAX, |width: usize| width.clamp(40, 100))
}

/// Makes a heading stand out where a person looks at a terminal.
pub(super) fn strong(text: &str) -> String {
    let is_coloured = takes_escapes(&io::stdout()) && std::env::var_os("NO_COLOR").is_none();
    if is_coloured { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
}

/// Breaks a paragraph into lines of a width; the first begins with a mark, the others below its text.
pub(super) fn item(mark: &str, text: &str, width: usize) -> String {
    let indent = " ".repeat(mark.chars().count());
    let body = wrapped(text, &indent, width.saturating_sub(indent.len()).max(20));
    body.strip_prefix(&indent).map_or_else(|| body.clone(), |rest| format!("{mark}{rest}"))
}

/// Breaks a sentence into lines of a width, each behind an indent.
pub(super) fn wrapped(text: &str, indent: &str, width: usize) -> String {
    let mut out = String::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + word.chars().count() + 1 > width {
            let _ = writeln!(out, "{indent}{line}");
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        let _ = writeln!(out, "{indent}{line}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_can_turn_or_forge_a_line() {
        assert_eq!(display("a\u{202e}b\u{1b}[31m"), "a\\u{202E}b\\u{001B}[31m");
    }

    #[test]
    fn json_in_pieces_is_the_same_as_json_in_one() {
        let text = "q\" b\\ n\n t\t \u{0}\u{1b}[31m\u{7f}\u{9b} é \u{202e}\u{feff}\u{e0041} 🙂 \u{2028}";
        let value = json!({ "none": {}, "empty": [], text: [text, 1.5, null, { "deep": [text, true] }] });
        let mut out = Vec::new();
        write_json(&value, &mut out).expect("written");
        let whole = serde_json::to_string_pretty(&value).expect("text");
        assert_eq!(String::from_utf8(out.clone()).expect("text"), display_json(&whole) + "\n");
        assert!(!str::from_utf8(&out).expect("text").contains(acts), "nothing in it acts");
        assert_eq!(serde_json::from_slice::<Value>(&out).expect("JSON"), value, "nothing is lost");
    }

    #[test]
    fn the_middle_of_a_long_line_is_shown_with_its_mark() {
        let text = format!("{{\"a\": \"{}NEEDLE{}\"}}", "x".repeat(300), "y".repeat(300));
        let at = text.find("NEEDLE").unwrap();
        let place = Place { line: 1, column: at + 1, bytes: at..at + 6, ..Place::whole("f") };
        let (line, range) = excerpt(&place, &text).unwrap();
        assert_eq!(&line[range], "NEEDLE");
        assert!(line.chars().count() <= EXCERPT);
    }
}
