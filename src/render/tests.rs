use serde_json::json;

use super::*;

const NASTY: [&str; 14] = [
    "plain",
    "\"quoted\"",
    "#panic()",
    "$x^2$",
    "@ref",
    "<label>",
    "// no comment",
    "/* nor this */",
    "{{ 7*7 }}",
    "\\u{0}",
    "= heading",
    "- item",
    "a; b] c) d}",
    "\"); #read(\"/etc/passwd\"); (\"",
];

fn render(template: &str, word: &str) -> Result<Rendered, Diagnostic> {
    let catalog =
        Catalog::with_overlay([("templates/t.typ.j2".to_owned(), template.as_bytes().to_vec())].into());
    let schema = json!({ "type": "object", "properties": { "x": { "type": "string" } } });
    let values = Values { schema: &schema, supplied: &[], figure: &|_| Err(String::new()), draft: false };
    Renderer::new(&catalog, &json!({ "x": word }), &values, Labels::new()).document("t.typ.j2", &[])
}

#[test]
fn values_in_the_right_place_pass_whatever_they_hold() {
    let templates = [
        "{{ x }}",
        "= {{ x }}",
        "#f([{{ x }}], k: {{ x | lit }})",
        "#let a = ({{ x | lit }},)",
        "- {{ x }}: {{ x }}",
    ];
    for template in templates {
        for word in NASTY {
            assert!(render(template, word).is_ok(), "{template} with {word}: {:?}", render(template, word));
        }
    }
}

#[test]
fn values_in_the_wrong_place_are_refused_whatever_they_hold() {
    let templates = [
        "#text(\"{{ x }}\")",
        "\"{{ x | lit }}\"",
        "{{ x | lit }}",
        "// {{ x }}",
        "`{{ x }}`",
        "#f({{ x }})",
        "#link(\"https://{{ x }}\")",
        "#raw(\"{{ x | lit }}\")",
        "/* {{ x }} */",
        "#let a = {{ x }}",
        "#{{ x | lit }}",
    ];
    for template in templates {
        for word in NASTY {
            assert!(render(template, word).is_err(), "{template} with {word} was let through");
        }
    }
}

#[test]
fn a_missing_value_names_template_and_line() {
    let problem = render("one\n{{ y.z }}\n", "a").unwrap_err();
    let place = problem.place.unwrap();
    assert_eq!((place.file.as_str(), place.line), ("templates/t.typ.j2", 2));
}
