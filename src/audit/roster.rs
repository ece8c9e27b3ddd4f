//! The class list: who should have handed in, and how the platform calls them.
//!
//! Owns the reading of a list whose columns are known by their headers, and who of it is absent.
//! Refuses to name people whom the platform hides, and to decide between two who could be meant.

use std::collections::BTreeMap;

use encoding_rs::WINDOWS_1252;
use serde::Serialize;

use super::bag::Person;
use super::finding::Finding;
use super::lms::Names;
use super::report::Report;
use super::submission::LearnerReport;

/// Headers by what they mean, in small letters without signs.
const HEADERS: [(&str, &[&str]); 6] = [
    ("name", &["name", "fullname", "student", "studentname", "learner", "learnername", "displayname"]),
    ("first", &["firstname", "givenname", "givennames", "first"]),
    ("last", &["lastname", "surname", "familyname", "last"]),
    (
        "id",
        &["id", "studentid", "idnumber", "studentnumber", "sisuserid", "userid", "learnerid", "orgdefinedid"],
    ),
    ("username", &["username", "login", "loginid", "sisloginid", "user"]),
    ("email", &["email", "emailaddress", "mail"]),
];

/// A class list.
#[derive(Debug, Default)]
pub struct Roster(Vec<Entry>);

/// One person of a class list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The name.
    pub name: Option<String>,
    /// The id.
    pub id: Option<String>,
    /// The name that they sign in with.
    pub username: Option<String>,
    /// The address.
    pub email: Option<String>,
}

impl Entry {
    /// What people call them.
    pub fn shown(&self) -> &str {
        let all = [&self.name, &self.username, &self.email, &self.id];
        all.into_iter().flatten().next().map_or("", String::as_str)
    }
}

impl Roster {
    /// Reads a list.
    ///
    /// # Errors
    /// One sentence on why it is no class list.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text.into(),
            Err(_) => WINDOWS_1252.decode(bytes).0,
        };
        let text = text.trim_start_matches('\u{FEFF}');
        let first = text.lines().next().unwrap_or_default();
        let between =
            [b',', b';', b'\t'].into_iter().max_by_key(|b| first.bytes().filter(|c| c == b).count());
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(between.unwrap_or(b','))
            .flexible(true)
            .from_reader(text.as_bytes());
        let headers = reader.headers().map_err(|e| format!("it cannot be read: {e}"))?.clone();
        let column = |meaning: &str| {
            let words = HEADERS.iter().find(|(m, _)| *m == meaning)?.1;
            headers.iter().position(|h| words.contains(&plain(h).as_str()))
        };
        let columns: BTreeMap<&str, usize> =
            HEADERS.iter().filter_map(|(m, _)| Some((*m, column(m)?))).collect();
        if !columns.keys().any(|c| ["name", "last", "id", "username"].contains(c)) {
            return Err("no column is called name, id or username".into());
        }
        let mut entries = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|e| format!("it cannot be read: {e}"))?;
            let cell = |meaning: &str| {
                let text = record.get(*columns.get(meaning)?)?.trim();
                (!text.is_empty()).then(|| text.to_owned())
            };
            let parts: Vec<String> = [cell("first"), cell("last")].into_iter().flatten().collect();
            let name = cell("name").or_else(|| (!parts.is_empty()).then(|| parts.join(" ")));
            let entry = Entry { name, id: cell("id"), username: cell("username"), email: cell("email") };
            if entry != Entry::default() {
                entries.push(entry);
            }
        }
        if entries.is_empty() { Err("there is nobody in it".into()) } else { Ok(Self(entries)) }
    }

    /// Everybody on it, by name and id, and by the name that they sign in with.
    pub fn people(&self) -> impl Iterator<Item = Person> + '_ {
        self.0.iter().flat_map(|entry| {
            let name = entry.name.as_deref().map(in_order);
            [&entry.id, &entry.username].map(|id| Person { name: name.clone(), id: id.clone() })
        })
    }

    /// Names learners by the list, and says who is absent and who is not on it.
    pub(crate) fn apply(&self, report: &mut Report) {
        let mut here = vec![false; self.0.len()];
        for learner in &mut report.learners {
            let is_hidden = learner.names.is_none();
            match self.find(learner) {
                Some((nth, is_open)) => {
                    here[nth] = true;
                    if is_open && !is_hidden {
                        name(learner, &self.0[nth]);
                    }
                }
                None if is_hidden => {}
                None => learner.findings.push(
                    Finding::warning(
                        "not-on-roster",
                        "the class list names nobody whose hand-in this can be",
                    )
                    .hint("look whether the list is complete, or whose hand-in it is"),
                ),
            }
        }
        let absent = self.0.iter().zip(here).filter(|(_, here)| !here).map(|(entry, _)| entry.clone());
        report.absent = Some(absent.collect());
    }

    /// Finds the one whose hand-in it is, and whether the platform itself says so.
    fn find(&self, learner: &LearnerReport) -> Option<(usize, bool)> {
        let only = |is: &dyn Fn(&Entry) -> bool| {
            let mut all = self.0.iter().enumerate().filter(|(_, e)| is(e));
            let first = all.next()?.0;
            all.next().is_none().then_some(first)
        };
        let same = |one: &Option<String>, other: &str| {
            one.as_ref().is_some_and(|o| o.eq_ignore_ascii_case(other)) && !other.is_empty()
        };
        let id = learner.learner.id.as_deref().unwrap_or_default();
        let by_id = |e: &Entry| same(&e.id, id) || same(&e.username, id) || same(&e.email, id);
        let platform = learner.learner.name.as_deref().unwrap_or_default();
        let by_name = |e: &Entry| e.name.as_deref().is_some_and(|n| is_same_name(n, platform));
        let by_code = |e: &Entry| e.name.as_deref().is_some_and(|n| codes(n).contains(&plain(platform)));
        let open = self.in_source(&learner.source).or_else(|| only(&by_id)).or_else(|| only(&by_name));
        let open = open.or_else(|| only(&by_code).filter(|_| !plain(platform).is_empty()));
        let inside = learner.packs.iter().find_map(|p| p.identity.named_learner.clone()).unwrap_or_default();
        let by_inside = |e: &Entry| {
            same(&e.id, inside.id.as_deref().unwrap_or_default())
                || e.name
                    .as_deref()
                    .is_some_and(|n| is_same_name(n, inside.name.as_deref().unwrap_or_default()))
        };
        open.map(|nth| (nth, true)).or_else(|| only(&by_inside).map(|nth| (nth, false)))
    }

    /// Finds a user name in a place such as `Task_user_name_attempt_…`: where the name itself holds an
    /// underscore, only the list can tell where it begins.
    fn in_source(&self, source: &str) -> Option<usize> {
        let all = self.0.iter().enumerate().filter_map(|(nth, e)| Some((nth, e.username.as_deref()?)));
        let is_in = |user: &str| source.contains(&format!("_{user}_attempt_"));
        all.filter(|(_, user)| is_in(user)).max_by_key(|(_, user)| user.len()).map(|(nth, _)| nth)
    }
}

/// Calls a learner as the list does, where the platform only knows a code.
fn name(learner: &mut LearnerReport, entry: &Entry) {
    let is_code = learner.names != Some(Names::Full) || learner.learner.name.is_none();
    if let Some(name) = entry.name.as_ref().filter(|_| is_code) {
        learner.shown_as.clone_from(name);
    }
    if let Some(user) = &entry.username
        && learner.source.contains(&format!("_{user}_attempt_"))
    {
        learner.learner.id = Some(user.clone());
    }
}

/// A name as it is spoken: a list may have the last name first, with a comma.
fn in_order(name: &str) -> String {
    name.split_once(',')
        .map_or_else(|| name.to_owned(), |(last, first)| format!("{} {}", first.trim(), last.trim()))
}

/// Letters and digits in lower case.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> =
        name.split(|c: char| c.is_whitespace() || c == ',').map(plain).filter(|w| !w.is_empty()).collect();
    words.sort();
    words
}

/// Tells whether two names have the same words, in whatever order.
fn is_same_name(one: &str, other: &str) -> bool {
    let (one, other) = (words(one), words(other));
    !one.is_empty() && one == other
}

/// The codes that platforms make of a name: the last name first, nothing but letters and digits.
fn codes(name: &str) -> Vec<String> {
    if let Some((last, first)) = name.split_once(',') {
        return vec![plain(last) + &plain(first)];
    }
    let words: Vec<&str> = name.split_whitespace().collect();
    (1..words.len()).map(|at| plain(&words[at..].concat()) + &plain(&words[..at].concat())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_known_by_their_headers() {
        let text = "\u{FEFF}Surname;First name;Student ID;Username;E-mail address\nNg;Tan;77;t_1;tan@x.example\n;;;;\n";
        let roster = Roster::read(text.as_bytes()).expect("a list");
        assert_eq!(roster.0.len(), 1);
        assert_eq!(roster.0[0].name.as_deref(), Some("Tan Ng"));
        assert_eq!(roster.0[0].id.as_deref(), Some("77"));
        assert_eq!(roster.0[0].username.as_deref(), Some("t_1"));
        let latin = Roster::read(b"name\nZo\xEB\n").expect("a list");
        assert_eq!(latin.0[0].name.as_deref(), Some("Zoë"));
        assert!(Roster::read(b"colour,size\nred,1\n").is_err());
        assert!(Roster::read(b"name,id\n").is_err());
    }

    #[test]
    fn names_are_the_same_in_any_order_and_as_codes() {
        assert!(is_same_name("Ng, Tan", "tan NG") && !is_same_name("", "") && !is_same_name("Tan", "Tan Ng"));
        assert!(codes("Mary Jane O'Neil").contains(&"oneilmaryjane".to_owned()));
        assert_eq!(codes("Ng, Tan"), ["ngtan"]);
    }
}
