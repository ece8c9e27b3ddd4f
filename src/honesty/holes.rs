//! Requirements that the profile leaves open although they need not or cannot be.

use serde_json::Value;

use super::in_profile;
use crate::diag::{Builtin, Diagnostic};
use crate::profile::Source;
use crate::trace::{Finding, Matrix, Status};

/// Returns reasons of the profile that stand beside evidence in full, or beside a whole group.
pub(crate) fn holes(source: &Source, matrix: &Matrix) -> Vec<Finding> {
    let list = source.value.get("accepted_holes").and_then(Value::as_array).into_iter().flatten();
    let finding = |(i, hole): (usize, &Value)| {
        let row = matrix
            .rows
            .iter()
            .find(|r| hole.get("requirement").is_some_and(|id| r.id == id.as_str().unwrap_or_default()))?;
        let (text, hint) = match (row.group, row.status) {
            (true, _) => (
                format!("{} is a group of requirements and cannot be left open as a whole", row.id),
                "name the requirements below it, each with its own reason",
            ),
            (false, Status::Met) => (
                format!("{} is left open with a reason, but its evidence is there", row.id),
                "take it out of `accepted_holes`: the evidence speaks for itself",
            ),
            (false, _) => return None,
        };
        let problem = Diagnostic::warning(Builtin::HoleNeedless, text).hint(hint).about([row.id.clone()]);
        Some(in_profile(source, &format!("/accepted_holes/{i}"), problem))
    };
    list.enumerate().filter_map(finding).collect()
}
