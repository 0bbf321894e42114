//! The fingerprint of each stage kind's code, made when this crate is built (`build.rs`, `mf-code`).

use mf_pipeline::Code;

include!(concat!(env!("OUT_DIR"), "/code.rs"));
