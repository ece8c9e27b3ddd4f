//! Colours that the documents set text in.
//!
//! Owns the warning about a colour that is too pale for text: the documents then use a darker shade,
//! and the profile's author must know. The schema names such colours (`x-colour`: `text`).

use serde_json::Value;

use super::schema::visit;
use super::source::Source;
use crate::colour::{Colour, NEEDED};
use crate::diag::{Builtin, Diagnostic, Diagnostics};

/// Returns a warning for each colour that cannot be printed as it stands.
pub(super) fn problems(source: &Source, schema: &Value) -> Diagnostics {
    let mut found = Diagnostics::new();
    visit(schema, &source.value, &mut |node, value, pointer| {
        let colour = value.as_str().filter(|_| node.text("x-colour") == Some("text")).and_then(Colour::parse);
        found.extend(colour.and_then(problem).map(|d| d.at(source.place(pointer))));
    });
    found
}

fn problem(colour: Colour) -> Option<Diagnostic> {
    let shade = colour.readable();
    if shade == colour {
        return None;
    }
    // Rounded down: 4.48 must not read as 4.5.
    let ratio = |r: f64| format!("{:.1}:1", (r * 10.0).floor() / 10.0);
    let (on_white, on_tint) = (ratio(colour.contrast(Colour::WHITE)), ratio(colour.legibility()));
    let text = format!(
        "`{colour}` is too pale for text: its contrast is {on_white} on white and {on_tint} on its own pale tint, \
         and text needs {NEEDED}:1 (WCAG 2.2, level AA)"
    );
    let printed = format!("the documents print `{shade}` instead, the nearest darker shade that can be read");
    let choose = format!("to choose the shade yourself, write `{shade}` or another dark colour here");
    Some(Diagnostic::warning(Builtin::ColourPale, text).hint(printed).hint(choose))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_warning_names_what_is_printed_and_ends_when_it_is_written() {
        for text in ["#f2b705", "#ffffff", "#e8a33d", "#777777", "#00a0e0"] {
            let colour = Colour::parse(text).expect("a colour");
            let warning = problem(colour).unwrap_or_else(|| panic!("{text} is pale"));
            let shade = colour.readable();
            assert!(warning.hints[0].contains(&shade.to_string()), "{warning:?}");
            assert_eq!(problem(shade), None, "{shade}");
        }
        assert_eq!(problem(Colour::parse("#1f4d3a").expect("a colour")), None);
    }
}
