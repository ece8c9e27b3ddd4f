//! The barrier: proof that every value stands in the document as a literal and nothing else.
//!
//! Owns the check of a rendered source against the places where values were written. Each written
//! value is parsed alone, and must read the same, token by token, inside the whole document. A
//! template that puts a value into quotes, a comment, raw text or the wrong mode fails here. It
//! fails closed: what is not recognised is refused.

use minijinja::{OutputSpan, OutputSpanKind};
use typst::syntax::{LinkedNode, Side, Source, SyntaxKind, SyntaxNode, parse, parse_code};

use crate::text::Origin;

/// Names of functions and constants that a written value may consist of besides literals.
const WORDS: [&str; 3] = ["wrap", "parbreak", "linebreak"];

/// Returns the template line of the first value that is not safe, with the reason.
pub(super) fn breach(source: &Source, spans: &[OutputSpan]) -> Option<(String, usize, &'static str)> {
    let root = LinkedNode::new(source.root());
    let values = spans.iter().filter(|s| s.kind() == OutputSpanKind::Expression);
    for span in values {
        let range = span.output_range();
        let text = &source.text()[range.clone()];
        if let Some(why) = fault(&root, range.start, text) {
            return Some((span.name().to_owned(), span.line(), why));
        }
    }
    None
}

fn fault(root: &LinkedNode<'_>, start: usize, text: &str) -> Option<&'static str> {
    let is_markup = text.starts_with('#');
    let alone = if is_markup { parse(text) } else { parse_code(text) };
    let expected = leaves(&alone);
    if !expected.iter().all(|(kind, text)| is_allowed(*kind, text)) {
        return Some("it is not made of literals alone");
    }
    let mut leaf = root.leaf_at(start, Side::After);
    let mut at = start;
    for (i, (kind, text)) in expected.iter().enumerate() {
        let Some(here) = leaf else { return Some("the document ends inside it") };
        if here.offset() != at || here.kind() != *kind || here.get().leaf_text().as_str() != text {
            return Some(if is_markup {
                "it does not stand in running text; write it as [{{ … }}] or with the filter `lit`"
            } else {
                "it stands in running text or inside quotes; only code takes the filter `lit`"
            });
        }
        if i == 0 && !mode_fits(&here, is_markup) {
            return Some("it stands in the wrong place: `lit` is for code, plain values are for text");
        }
        at += text.len();
        leaf = here.next_leaf();
    }
    None
}

fn mode_fits(leaf: &LinkedNode<'_>, is_markup: bool) -> bool {
    if is_markup {
        return leaf.parent_kind() == Some(SyntaxKind::Markup);
    }
    leaf.prev_leaf().is_none_or(|l| l.kind() != SyntaxKind::Hash)
}

fn is_allowed(kind: SyntaxKind, text: &str) -> bool {
    use SyntaxKind as K;
    match kind {
        K::Hash
        | K::Semicolon
        | K::Str
        | K::Int
        | K::Float
        | K::Bool
        | K::LeftParen
        | K::RightParen
        | K::Minus => true,
        K::Ident => Origin::of_function(text).is_some() || WORDS.contains(&text),
        _ => false,
    }
}

fn leaves(root: &SyntaxNode) -> Vec<(SyntaxKind, String)> {
    let mut found = Vec::new();
    let mut leaf = LinkedNode::new(root).leftmost_leaf();
    while let Some(here) = leaf {
        found.push((here.kind(), here.get().leaf_text().to_string()));
        leaf = here.next_leaf();
    }
    found
}
