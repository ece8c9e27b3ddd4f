//! PDFs of other programs, read in a child of this process: what makes the child fall, or keeps it
//! busy, ends the child and nothing else.

use std::io::{Read, Write};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::audit::{PageReader, read_pages};
use crate::catalog::Catalog;
use crate::cli::Outcome;
use crate::cli::output::print;

/// The name of the hidden command that the child runs.
const COMMAND: &str = "read-pages";
/// How long a file may take.
const TIME: Duration = Duration::from_secs(20);
/// How long all files together may take that are given up, or that the child falls over.
const LOST: Duration = Duration::from_secs(10 * TIME.as_secs());
/// How much text is taken of a file, in bytes.
const MOST: u64 = 16 << 20;
/// How much memory the child may use, in bytes.
const MEMORY: u64 = 512 << 20;
/// How often the child looks at itself.
#[cfg(not(unix))]
const LOOK: Duration = Duration::from_millis(10);
/// The child's stack, in bytes: pictures and forms nest.
const STACK: usize = 32 << 20;
/// The largest file that the child takes, in bytes.
const FILE: u64 = 64 << 20;

/// Reads PDFs in a child, one at a time.
#[derive(Default)]
pub(super) struct ChildReader {
    /// How long files took of which nothing came; who holds it has the turn.
    lost: Mutex<Duration>,
}

impl PageReader for ChildReader {
    fn pages(&self, bytes: Vec<u8>) -> Result<Vec<String>, String> {
        let mut lost = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
        if *lost >= LOST {
            return Err("it was not read, because other files of this run took too long".into());
        }
        let start = Instant::now();
        let failed = |_| "it could not be read".to_owned();
        let program = std::env::current_exe().map_err(failed)?;
        let mut command = Command::new(program);
        command.arg(COMMAND).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(failed)?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let (is_done, answer) = thread::scope(|scope| {
            scope.spawn(move || input.map(|mut pipe| pipe.write_all(&bytes)));
            let answer = scope.spawn(move || {
                let mut answer = Vec::new();
                output.map(|pipe| pipe.take(MOST).read_to_end(&mut answer));
                answer
            });
            (ends(&mut child), answer.join().unwrap_or_default())
        });
        serde_json::from_slice(&answer).unwrap_or_else(|_| {
            *lost += start.elapsed();
            Err(if is_done {
                "it is damaged, or made so that it cannot be read".into()
            } else {
                "it takes longer to read than any honest file".into()
            })
        })
    }
}

/// Waits for a child to end; one that takes too long is ended.
fn ends(child: &mut Child) -> bool {
    let start = Instant::now();
    let mut pause = Duration::from_millis(1);
    while start.elapsed() < TIME {
        match child.try_wait() {
            Ok(None) => thread::sleep(pause),
            Ok(Some(_)) => return true,
            Err(_) => break,
        }
        pause = (pause * 2).min(Duration::from_millis(50));
    }
    let _ = child.kill();
    let _ = child.wait();
    false
}

/// The child: reads a PDF from standard input, and writes the text of its pages.
pub(in crate::cli) fn child(catalog: &Catalog) -> Outcome {
    limit();
    let fonts = catalog.list("templates/fonts").into_iter().find(|name| name.ends_with("-Regular.ttf"));
    let font = fonts.and_then(|name| catalog.bytes(&name)).unwrap_or_default().into_owned();
    let work = move || {
        let mut bytes = Vec::new();
        let read = std::io::stdin().take(FILE).read_to_end(&mut bytes);
        read.map_err(|e| e.to_string()).and_then(|_| read_pages(bytes, font))
    };
    let pages = thread::Builder::new().stack_size(STACK).spawn(work).map(thread::JoinHandle::join);
    match pages {
        Ok(Ok(pages)) => print(&serde_json::to_string(&pages).expect("text can be written as JSON")),
        _ => Ok(ExitCode::FAILURE),
    }
}

/// Sets limits that the system keeps.
#[cfg(unix)]
fn limit() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let most = |n| Rlimit { current: Some(n), maximum: Some(n) };
    let _ = setrlimit(Resource::As, most(MEMORY));
    let _ = setrlimit(Resource::Core, most(0));
    let _ = setrlimit(Resource::Cpu, most(TIME.as_secs()));
}

/// Keeps the same limits where the system does not: the child looks at itself, and ends.
#[cfg(not(unix))]
fn limit() {
    let start = Instant::now();
    thread::spawn(move || {
        let memory = || memory_stats::memory_stats().map_or(0, |used| used.physical_mem as u64);
        while memory() <= MEMORY && start.elapsed() <= TIME {
            thread::sleep(LOOK);
        }
        std::process::exit(1);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_take_long_cannot_take_the_whole_run() {
        let reader = ChildReader { lost: Mutex::new(LOST) };
        let why = reader.pages(b"%PDF-1.7".to_vec()).expect_err("no time is left");
        assert!(why.contains("other files"), "{why}");
    }
}
