//! Problems as data: what is wrong, where it stands and what to do about it.
//!
//! Owns [`Diagnostic`] and the list of built-in codes. Refuses to print: rendering for people or
//! machines happens at the edge, in the command line.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// How much a problem weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Stops a build, or keeps a requirement from being met.
    Error,
    /// Advice on quality or risk.
    Warning,
    /// For information only.
    Note,
}

/// What kind of problem it is: one of the program's own, or a rule of the unit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Code {
    /// A check of the program itself.
    Builtin(Builtin),
    /// A rule that came as data, by its id.
    Rule(String),
}

/// The checks of the program itself; their kebab-case names are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Builtin {
    /// A file could not be read.
    FileUnreadable,
    /// A file could not be written.
    FileUnwritable,
    /// A file is larger than the program accepts.
    FileTooLarge,
    /// The text is not JSON.
    JsonSyntax,
    /// A key stands twice in one object.
    JsonDuplicateKey,
    /// A mandatory part has not been filled in yet.
    PartMissing,
    /// A value does not fit the profile's schema.
    ProfileInvalid,
    /// The profile names a unit that the catalogue does not hold.
    UnitUnknown,
    /// An id is used twice.
    IdTwice,
    /// A reference leads nowhere.
    ReferenceUnknown,
    /// A figure token names no figure.
    FigureUnknown,
    /// A character that must not or cannot be printed.
    CharacterRefused,
    /// A file named by the profile is not usable.
    AssetUnusable,
    /// A colour that text cannot be printed in as it stands.
    ColourPale,
    /// A data file does not have the expected form.
    DataInvalid,
    /// The unit, a template or another part of the catalogue is wrong.
    CatalogInvalid,
    /// A template could not be filled in.
    TemplateFailed,
    /// A document could not be typeset.
    TypesetFailed,
    /// A place that is marked as evidence holds words of the template alone.
    EvidenceBoilerplate,
    /// What a place says has changed since the learner confirmed it.
    MappingStale,
    /// A place that is named as evidence holds hardly any words.
    EvidenceThin,
    /// One section is named for too many requirements.
    SectionOvermapped,
    /// Too few of the words are the learner's own.
    OwnWordsFew,
    /// A text of the profile reaches no page.
    TextUnprinted,
    /// A document or an answer is far longer than it needs to be.
    VolumeLarge,
    /// A requirement is left open with a reason, and need not or cannot be.
    HoleNeedless,
}

impl Builtin {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::FileUnreadable,
        Self::FileUnwritable,
        Self::FileTooLarge,
        Self::JsonSyntax,
        Self::JsonDuplicateKey,
        Self::PartMissing,
        Self::ProfileInvalid,
        Self::UnitUnknown,
        Self::IdTwice,
        Self::ReferenceUnknown,
        Self::FigureUnknown,
        Self::CharacterRefused,
        Self::AssetUnusable,
        Self::DataInvalid,
        Self::CatalogInvalid,
        Self::TemplateFailed,
        Self::TypesetFailed,
    ];

    /// Returns the stable name of the check.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FileUnreadable => "file-unreadable",
            Self::FileUnwritable => "file-unwritable",
            Self::FileTooLarge => "file-too-large",
            Self::JsonSyntax => "json-syntax",
            Self::JsonDuplicateKey => "json-duplicate-key",
            Self::PartMissing => "part-missing",
            Self::ProfileInvalid => "profile-invalid",
            Self::UnitUnknown => "unit-unknown",
            Self::IdTwice => "id-twice",
            Self::ReferenceUnknown => "reference-unknown",
            Self::FigureUnknown => "figure-unknown",
            Self::CharacterRefused => "character-refused",
            Self::AssetUnusable => "asset-unusable",
            Self::ColourPale => "colour-pale",
            Self::DataInvalid => "data-invalid",
            Self::CatalogInvalid => "catalog-invalid",
            Self::TemplateFailed => "template-failed",
            Self::TypesetFailed => "typeset-failed",
            Self::EvidenceBoilerplate => "evidence-boilerplate",
            Self::MappingStale => "mapping-stale",
            Self::EvidenceThin => "evidence-thin",
            Self::SectionOvermapped => "section-overmapped",
            Self::OwnWordsFew => "own-words-few",
            Self::TextUnprinted => "text-unprinted",
            Self::VolumeLarge => "volume-large",
            Self::HoleNeedless => "hole-needless",
        }
    }
}

impl Code {
    /// Returns the stable name: a kebab-case word or a rule's id.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Builtin(code) => code.as_str(),
            Self::Rule(id) => id,
        }
    }
}

/// Where a problem stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file as the user named it.
    pub file: String,
    /// Line, counted from 1; 0 when the whole file is meant.
    pub line: usize,
    /// Column in characters, counted from 1; 0 when the whole file is meant.
    pub column: usize,
    /// The bytes of the file that the problem covers.
    pub bytes: Range<usize>,
    /// JSON pointer (RFC 6901) of the value, where there is one.
    pub pointer: Option<String>,
}

impl Place {
    /// The whole of a file.
    pub fn whole(file: &str) -> Self {
        Self { file: file.into(), line: 0, column: 0, bytes: 0..0, pointer: None }
    }
}

/// One problem, complete enough to be understood without a manual.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The check that found it.
    pub code: Code,
    /// How much it weighs.
    pub severity: Severity,
    /// One sentence in plain words, without a full stop.
    pub message: String,
    /// Where it stands, if it stands anywhere.
    pub place: Option<Place>,
    /// What to do, in the imperative.
    pub hints: Vec<String>,
    /// The requirements of the unit that it keeps from being met.
    pub feeds: Vec<String>,
}

/// All problems of a stage; a stage never stops at the first.
pub type Diagnostics = Vec<Diagnostic>;

impl Diagnostic {
    /// An error of the program's own checks.
    pub fn error(code: Builtin, message: impl Into<String>) -> Self {
        Self {
            code: Code::Builtin(code),
            severity: Severity::Error,
            message: message.into(),
            place: None,
            hints: Vec::new(),
            feeds: Vec::new(),
        }
    }

    /// Advice of the program's own checks.
    pub fn warning(code: Builtin, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    /// Adds the requirements that it is about.
    #[must_use]
    pub fn about(mut self, requirements: impl IntoIterator<Item = String>) -> Self {
        self.feeds.extend(requirements);
        self
    }

    /// Adds the place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// Adds a piece of advice.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Tells whether this is a mandatory part that is still to be filled in: a draft may have it.
    pub fn is_gap(&self) -> bool {
        self.code == Code::Builtin(Builtin::PartMissing)
    }
}

/// Tells whether any of the problems stops a build; a draft tolerates parts still to be filled in.
pub fn stops_build(diagnostics: &[Diagnostic], draft: bool) -> bool {
    diagnostics.iter().any(|d| {
        d.severity == Severity::Error && matches!(d.code, Code::Builtin(_)) && !(draft && d.is_gap())
    })
}
