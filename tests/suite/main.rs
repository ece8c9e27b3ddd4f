//! The program as a whole, from outside: the real binary in a folder of its own, with an empty
//! environment. One file per topic; what several topics need stands in `support`.

mod support;

mod agreement;
mod bad_input;
mod blank;
mod cli;
mod conventions;
mod counts;
mod determinism;
mod figures;
mod interrupted;
mod law;
mod located;
mod mutations;
mod naughty;
mod origins;
mod pack;
mod quiet;
mod reading;
mod reference;
mod refused;
mod repository;
mod samples;
mod toy;
