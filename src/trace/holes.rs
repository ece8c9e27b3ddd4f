//! Requirements that the profile leaves open and says why.
//!
//! Owns how such a reason reaches a row. Refuses to change a status: what is missing stays missing,
//! and whether the reason holds is the assessor's to decide.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Matrix, total};

/// Why a requirement is left open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// The sort of reason, such as `assessed_elsewhere`.
    pub kind: String,
    /// The reason in the learner's words.
    pub reason: String,
    /// Where it is shown instead.
    #[serde(rename = "where")]
    pub place: Option<String>,
    /// Who agreed to it.
    pub agreed_by: Option<String>,
}

impl Accepted {
    /// Returns the sort of reason in words.
    pub fn label(&self) -> String {
        self.kind.replace('_', " ")
    }

    /// Returns all of it in one line.
    pub fn in_words(&self) -> String {
        let place = self.place.as_ref().map(|w| format!("; shown in: {w}")).unwrap_or_default();
        let agreed = self.agreed_by.as_ref().map(|a| format!("; agreed by: {a}")).unwrap_or_default();
        let reason = self.reason.trim_end_matches('.');
        format!("accepted: {} – {reason}{place}{agreed}", self.label())
    }

    /// Returns the reason as a document prints it, in the learner's words.
    pub(super) fn context(&self) -> Value {
        let own = |text: &Option<String>| text.as_ref().map(|t| json!({ "~": t }));
        json!({
            "label": self.label(), "reason": { "~": self.reason }, "where": own(&self.place),
            "agreed_by": own(&self.agreed_by),
        })
    }
}

impl Matrix {
    /// Puts the reasons of a profile onto the rows that they name; groups cannot be left open as such.
    pub fn accept(&mut self, profile: &Value) {
        let list = profile.get("accepted_holes").and_then(Value::as_array);
        for hole in list.into_iter().flatten() {
            let id = hole.get("requirement").and_then(Value::as_str);
            let row = self.rows.iter_mut().find(|r| !r.group && Some(r.id.as_str()) == id);
            if let (Some(row), Ok(accepted)) = (row, Accepted::deserialize(hole)) {
                row.accepted.get_or_insert(accepted);
            }
        }
        self.totals = total(self.rows.iter().filter(|r| r.is_counted()));
    }
}
