//! What the audit found, as data: findings, problems and verdicts.
//!
//! Owns the words of the audit and their order. Refuses to print, and to call anything more than
//! what was seen: a finding says what the bytes are, never why somebody made them so.

use serde::Serialize;

use crate::diag::Severity;
use crate::text::quoted;

/// What is wrong with a hand-in, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Problem {
    /// It cannot be read in full, or contradicts itself.
    Broken,
    /// There is no pack in it.
    NotAPack,
    /// Files are missing, or files are there that nobody listed.
    Incomplete,
    /// Files are not what the manifest lists.
    Changed,
    /// What it says about its pages is not what they hold.
    Contradicts,
    /// The files are as they were made, in an archive that another program wrote.
    Repacked,
}

impl Problem {
    /// The word for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::NotAPack => "not a pack",
            Self::Incomplete => "incomplete",
            Self::Changed => "changed",
            Self::Contradicts => "contradicts itself",
            Self::Repacked => "repacked",
        }
    }

    /// The word for several hand-ins.
    pub fn word_of_many(self) -> &'static str {
        match self {
            Self::NotAPack => "without a pack",
            Self::Contradicts => "contradicting themselves",
            other => other.word(),
        }
    }

    /// Returns how much it weighs: a repacked archive is only a warning.
    pub fn severity(self) -> Severity {
        if self == Self::Repacked { Severity::Warning } else { Severity::Error }
    }
}

/// The questions a pack answers, in this order; none where the question could not be asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verdicts {
    /// Every byte can be read, and the archive does not contradict itself.
    pub readable: Option<bool>,
    /// All files that are listed are there and nothing else (RFC 8493, section 3).
    pub complete: Option<bool>,
    /// It is complete, and every checksum holds (RFC 8493, section 3).
    pub valid: Option<bool>,
    /// The archive is the one that evipack wrote; not asked of folders, nor where files were changed.
    pub original_container: Option<bool>,
    /// Built again from the profile inside, it is the same; only asked on demand.
    pub rebuilt_identically: Option<bool>,
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// A stable kebab-case name.
    pub code: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// The problem that it is a reason for, if it is one.
    pub problem: Option<Problem>,
    /// The file that it is about, as it is called in its archive or folder.
    pub file: Option<String>,
    /// One sentence in plain words, without a full stop.
    pub message: String,
    /// What to do, in the imperative.
    pub hint: Option<String>,
}

impl Finding {
    /// Says it in one line on paper.
    pub(crate) fn in_words(&self) -> String {
        let message = quoted(&self.message);
        self.file.as_ref().map_or(message.clone(), |file| format!("{file}: {message}"))
    }

    /// A reason for a problem.
    pub(crate) fn of(problem: Problem, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: problem.severity(),
            problem: Some(problem),
            file: None,
            message: message.into(),
            hint: None,
        }
    }

    /// Something that a person should look at.
    pub(crate) fn warning(code: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code, severity: Severity::Warning, problem: None, file: None, message, hint: None }
    }

    /// Something that is good to know.
    pub(crate) fn note(code: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Note, ..Self::warning(code, message) }
    }

    /// The same, where it keeps nobody's pack from being right.
    #[must_use]
    pub(crate) fn into_warning(self) -> Self {
        Self { severity: Severity::Warning, problem: None, ..self }
    }

    /// Adds the file.
    #[must_use]
    pub(crate) fn in_file(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// Adds advice.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// What keeps one file from being read in full.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// A stable kebab-case name.
    pub code: &'static str,
    /// One sentence in plain words, without a full stop; begins in lower case.
    pub message: String,
    /// What to do.
    pub hint: &'static str,
}

impl Flaw {
    /// The bytes are not what they say they are.
    pub(crate) fn damaged(message: impl Into<String>) -> Self {
        Self { code: "file-damaged", message: message.into(), hint: AGAIN }
    }

    /// More than the audit takes on.
    pub(crate) fn limit(message: impl Into<String>, hint: &'static str) -> Self {
        Self { code: "limit", message: message.into(), hint }
    }

    /// There is nothing that anybody handed in.
    pub(crate) fn nothing(message: impl Into<String>) -> Self {
        let hint = "name the packs, the download or the folder that learners handed in";
        Self { code: "nothing-there", message: message.into(), hint }
    }

    /// The disk does not give the bytes.
    pub fn unreadable(message: impl Into<String>) -> Self {
        let hint = "look whether the file can be opened, then audit again";
        Self { code: "file-unreadable", message: message.into(), hint }
    }

    /// As a finding about a file.
    pub(crate) fn finding(&self, file: &str) -> Finding {
        Finding::of(Problem::Broken, self.code, self.message.clone()).in_file(file).hint(self.hint)
    }
}

/// What helps in most cases.
pub(crate) const AGAIN: &str =
    "download it again; if that does not help, ask the learner to hand it in again";
