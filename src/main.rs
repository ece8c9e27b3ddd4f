//! The command line program.

use std::process::ExitCode;

fn main() -> ExitCode {
    evipack::cli::run(evipack::cli::words())
}
