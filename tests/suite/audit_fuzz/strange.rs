//! PDFs that evipack did not make, read by the child of the program. The general reader in it falls over
//! some of them, and goes round in others for ever: so it has to answer, or to end, or to be ended.

use std::io::{Read as _, Write as _};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::paper::{self, Paper};
use super::{Dice, blind, replace};
use crate::support::foreign::paper as written;
use crate::support::{Evipack, toy};

/// How long the child is waited for; the program gives it a little more.
const TIME: Duration = Duration::from_secs(15);

/// What the child says is an answer, whatever the file is.
pub(super) fn holds(seed: u64) {
    let mut dice = Dice::of(seed);
    let mut bytes = match dice.below(3) {
        0 => written(&["Nothing here", "(Choose) \\101 recipe", ""]),
        _ => {
            let mut paper = Paper::of(toy().file("data/documents/01-plan.pdf"));
            let count = dice.below(6);
            (0..count).for_each(|_| paper.damage(&mut dice));
            paper.written()
        }
    };
    match dice.below(5) {
        0 => paper::tail(&mut dice, &mut bytes),
        1 => blind(&mut dice, &mut bytes),
        2 => replace(&mut dice, &mut bytes, b"/Encrypt 1 0 R /XRefStm 9 /Prev 0 "),
        _ => {}
    }
    let mut command = Evipack::new(["read-pages"]).into_command();
    let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = pipes.spawn().expect("the program can be started");
    let (mut input, mut output) = (child.stdin.take().expect("a pipe"), child.stdout.take().expect("a pipe"));
    thread::spawn(move || drop(input.write_all(&bytes)));
    let answer = thread::spawn(move || {
        let mut answer = Vec::new();
        output.read_to_end(&mut answer).map(|_| answer).unwrap_or_default()
    });
    let has_answered = ends(&mut child);
    let answer = answer.join().expect("an answer");
    if has_answered {
        let pages: Result<Result<Vec<String>, String>, _> = serde_json::from_slice(&answer);
        assert!(pages.is_ok(), "no answer: {}", String::from_utf8_lossy(&answer));
    }
}

/// Waits for a child, and ends it where it takes too long; tells whether it ended well.
fn ends(child: &mut Child) -> bool {
    let start = Instant::now();
    while start.elapsed() < TIME {
        if let Some(status) = child.try_wait().expect("a child") {
            return status.success();
        }
        thread::sleep(Duration::from_millis(1));
    }
    let _ = child.kill();
    let _ = child.wait();
    false
}
