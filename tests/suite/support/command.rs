//! One run of the program.
//!
//! Every run, whatever it is for, is held to what must always be true: no panic, an exit code that
//! is documented, and no control character that could act on a terminal.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// The program with its arguments, in a scrubbed environment.
pub(crate) struct Evipack(Command);

/// How a run ended.
pub(crate) struct Run {
    /// The exit code.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
}

impl Evipack {
    /// The program with its first arguments.
    pub(crate) fn new<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_evipack"));
        command.args(args).env_clear().stdin(Stdio::null()).current_dir("/");
        Self(command)
    }

    /// The program behind a shell command that prepares the process, such as `umask 077`.
    pub(crate) fn behind<S: AsRef<OsStr>>(preparation: &str, args: impl IntoIterator<Item = S>) -> Self {
        let mut command = Command::new("/bin/sh");
        let script = format!("{preparation}; exec \"$0\" \"$@\"");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_evipack")]).args(args);
        command.env_clear().stdin(Stdio::null()).current_dir("/");
        Self(command)
    }

    /// Adds an argument.
    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.0.arg(arg);
        self
    }

    /// Sets a variable of the environment.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.0.env(name, value);
        self
    }

    /// Sets the working folder.
    pub(crate) fn within(mut self, folder: &Path) -> Self {
        self.0.current_dir(folder);
        self
    }

    /// Gives the prepared process to a test that starts it itself.
    pub(crate) fn into_command(self) -> Command {
        self.0
    }

    /// Runs to the end.
    pub(crate) fn run(mut self) -> Run {
        Run::of(&self.0.output().expect("the program can be started"))
    }
}

impl Run {
    /// Judges the output of a finished process.
    pub(crate) fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("the program prints UTF-8");
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        let run = Self { code: output.status.code().unwrap_or(-1), stdout, stderr };
        assert!((0..=4).contains(&run.code), "an exit code that is documented\n{run}");
        assert!(!run.stderr.contains("panicked"), "no panic\n{run}");
        let acts =
            |c: &char| c.is_control() && !matches!(c, '\n' | '\t') || matches!(*c, '\u{202A}'..='\u{202E}');
        let found: Vec<char> = run.stdout.chars().chain(run.stderr.chars()).filter(acts).collect();
        assert!(found.is_empty(), "control characters reach the terminal: {found:?}\n{run}");
        run
    }

    /// Expects success.
    pub(crate) fn ok(self) -> Self {
        self.ends(0)
    }

    /// Expects an exit code.
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "\n{self}");
        self
    }

    /// Expects a text in what a person reads.
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.has(text), "nothing says `{text}`\n{self}");
        self
    }

    /// Expects that a text is not there.
    pub(crate) fn does_not_say(self, text: &str) -> Self {
        assert!(!self.has(text), "something says `{text}`\n{self}");
        self
    }

    fn has(&self, text: &str) -> bool {
        self.stdout.contains(text) || self.stderr.contains(text)
    }

    /// Standard output as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("not JSON: {e}\n{self}"))
    }
}

impl std::fmt::Display for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let start = |text: &str| text.chars().take(4000).collect::<String>();
        write!(f, "exit code {}\n{}\n{}", self.code, start(&self.stderr), start(&self.stdout))
    }
}
