//! Mistakes of JSON in plain words.
//!
//! Owns what each of them is called and what to do about it. Refuses to guess what was meant.

use std::borrow::Cow;

use jsonc_parser::errors::ParseErrorKind as Kind;

/// The help for a mistake that may have many causes.
const LOOK: &str = "look at this line and the one above for a missing comma, quotation mark or bracket, or for one too many; only straight quotation marks count, not curly ones, and no comma comes before a closing bracket";

/// A mistake, as a person reads it.
pub(super) struct Mistake {
    /// What is wrong, as the end of a sentence.
    pub(super) what: Cow<'static, str>,
    /// What to do.
    pub(super) hint: &'static str,
    /// It is seen where it begins, and has to be mended at the end of the file.
    pub(super) at_end: bool,
}

impl Mistake {
    /// There is nothing in the file.
    pub(super) const EMPTY: Self = Self {
        what: Cow::Borrowed("the file is empty"),
        hint: "start a new profile with `evipack init`, or put an older copy in its place",
        at_end: false,
    };
}

/// Puts what the parser says into plain words.
pub(super) fn mistake(kind: &Kind) -> Mistake {
    let (what, hint) = match kind {
        Kind::ExpectedComma => {
            ("a comma is missing between this value and the next", "put a comma where the mark stands")
        }
        Kind::TrailingCommasNotAllowed => {
            ("there is a comma before a closing bracket", "take out this comma")
        }
        Kind::UnterminatedObject => (
            "the file ends before a curly bracket that was opened is closed",
            "put the closing } at its place, most often at the very end; perhaps the end of the file was lost",
        ),
        Kind::UnterminatedArray => (
            "the file ends before a square bracket that was opened is closed",
            "put the closing ] at its place; perhaps the end of the file was lost",
        ),
        Kind::UnexpectedCloseBrace | Kind::UnexpectedCloseBracket => (
            "a bracket is closed here that was not opened",
            "take it out, or look above for the one that is missing",
        ),
        Kind::ExpectedColonAfterObjectKey => {
            ("there is no colon between a name and its value", "write \"name\": \"value\"")
        }
        Kind::ExpectedObjectValue => (
            "a name is not followed by a value",
            "write the value after the colon; \"\" stands for an empty text",
        ),
        Kind::CommentsNotAllowed => {
            ("a comment stands here, and other programs cannot read comments", "take it out")
        }
        Kind::SingleQuotedStringsNotAllowed => {
            ("a text stands between single quotation marks", "use double ones: \"text\"")
        }
        Kind::MultipleRootJsonValues => (
            "something stands after the end of the profile",
            "take out what stands after the last closing bracket",
        ),
        Kind::UnexpectedWord => {
            ("a word stands here without quotation marks", "put straight quotation marks around it")
        }
        Kind::UnexpectedToken
        | Kind::UnexpectedTokenInObject
        | Kind::UnexpectedColon
        | Kind::UnexpectedComma
        | Kind::ExpectedStringObjectProperty => {
            ("something stands here that cannot stand at this place", LOOK)
        }
        Kind::NestingDepthExceeded => {
            ("brackets stand in brackets, too many of them", "take out those that are not needed")
        }
        other => {
            return Mistake {
                what: other.to_string().trim_end_matches('.').to_lowercase().into(),
                hint: LOOK,
                at_end: false,
            };
        }
    };
    let at_end = matches!(kind, Kind::UnterminatedObject | Kind::UnterminatedArray);
    Mistake { what: what.into(), hint, at_end }
}
