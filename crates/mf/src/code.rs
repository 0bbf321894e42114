//! The fingerprint of the code of each stage kind and document, computed when this crate is built (`build.rs`, `mf-code`).

use mf_pipeline::Code;

include!(concat!(env!("OUT_DIR"), "/code.rs"));
