//! How far an audit is, on a terminal.
//!
//! One line that fits the terminal: a bar, how many are done, how fast it goes and how long it will take.
//! Drawn on standard error and wiped away; nothing at all where that is no terminal.

use std::fmt::Write;
use std::io::IsTerminal;
use std::sync::atomic::Ordering;
use std::time::Duration;

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use terminal_size::terminal_size_of;

use super::STOP;

/// How often the line is drawn while nothing is finished.
const TICK: Duration = Duration::from_millis(200);
/// Columns of the bar, and those that stay free for the words and for what a keyboard echoes.
const BAR: u16 = 30;
const WORDS: u16 = 44;

/// A bar over so many of something; `last` says what is done when all of them are through.
pub(super) fn bar(count: usize, what: &str, last: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(count as u64);
    if !std::io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
        return bar;
    }
    let width = terminal_size_of(std::io::stderr()).map_or(BAR + WORDS, |(width, _)| width.0);
    let drawn = match width.saturating_sub(WORDS).min(BAR) {
        0 => String::new(),
        size => format!("{{bar:{size}}} "),
    };
    let template = format!("{drawn}{{pos}}/{{len}} {what}{{state}}");
    let style = ProgressStyle::with_template(&template).expect("the template is valid");
    let state = move |state: &ProgressState, out: &mut dyn Write| {
        // What cannot be drawn is not worth an error.
        let _ = out.write_str(&told(state, last));
    };
    bar.set_style(style.with_key("state", state));
    bar.enable_steady_tick(TICK);
    bar
}

fn told(state: &ProgressState, last: &str) -> String {
    let (done, all) = (state.pos(), state.len().unwrap_or(0));
    if STOP.load(Ordering::Relaxed) {
        ", stopping".into()
    } else if done == 0 {
        String::new()
    } else if done >= all {
        format!(", {last}")
    } else {
        pace(done, all - done, state.elapsed())
    }
}

/// How fast it went so far, and how long the rest takes when it goes on like that.
fn pace(done: u64, rest: u64, took: Duration) -> String {
    let each = took.as_secs_f64() / done as f64;
    format!(", {}, {:#} left", speed(1.0 / each), HumanDuration(Duration::from_secs_f64(each * rest as f64)))
}

/// So many a second or, where one takes longer, so many seconds for each.
fn speed(pace: f64) -> String {
    if pace >= 10.0 {
        format!("{pace:.0}/s")
    } else if pace >= 1.0 {
        format!("{pace:.1}/s")
    } else {
        format!("{:.0} s each", 1.0 / pace)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{pace, speed};

    #[test]
    fn speed_and_time_are_told_in_short_numbers() {
        let told: Vec<String> = [123.4, 9.87, 1.0, 0.5, 0.04].into_iter().map(speed).collect();
        assert_eq!(told, ["123/s", "9.9/s", "1.0/s", "2 s each", "25 s each"]);
        assert_eq!(pace(4, 8, Duration::from_secs(2)), ", 2.0/s, 4s left");
        assert_eq!(pace(1, 9, Duration::from_secs(25)), ", 25 s each, 4m left");
    }
}
