//! The program as a whole, from outside: the real binary in a folder of its own, with an empty
//! environment. One file per topic; what several topics need stands in `support`.

mod support;

mod agreement;
mod audit_against;
mod audit_around;
mod audit_aside;
mod audit_class;
mod audit_cli;
mod audit_containers;
mod audit_coverage;
mod audit_each;
mod audit_flips;
mod audit_foreign;
mod audit_fuzz;
mod audit_genuine;
mod audit_genuine_cli;
mod audit_layouts;
mod audit_outputs;
mod audit_rebuild;
mod audit_reports;
mod audit_sheets;
#[cfg(unix)]
mod audit_stop;
mod audit_worksheet;
mod audit_zip64;
mod bad_input;
mod blank;
mod cli;
mod coach;
mod colour;
mod conventions;
mod counts;
mod determinism;
mod explained;
mod figures;
mod honesty;
mod import;
mod interrupted;
mod law;
mod located;
mod mutations;
mod naughty;
mod origins;
mod pack;
mod questions;
mod quiet;
mod reading;
mod reference;
mod refused;
mod repository;
mod samples;
mod stress;
mod toy;
mod watch;
mod wording;
