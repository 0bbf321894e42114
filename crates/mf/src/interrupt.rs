//! Ctrl-C and SIGTERM: finished work is kept, unfinished work is dropped, and the program ends within a second.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::Duration;

use mf_pipeline::Cancel;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::terminal::note;

/// The exit status of a run that was asked to stop: 128 and the number of SIGINT, as shells count.
pub(crate) const STATUS: u8 = 130;

/// The last line of a run that was stopped.
pub(crate) const STOPPED: &str = "\
stopped: finished stages and cells are kept; run the same command again to go on";

/// The time between two looks at the flag.
const INTERVAL: Duration = Duration::from_millis(50);
/// After this time, work that does not look at the flag is cut off.
const PATIENCE: Duration = Duration::from_millis(900);

/// A flag that Ctrl-C and SIGTERM set. Work that looks at it ends in order. What does not is cut off: first `clear` is
/// called, to clear the terminal. This loses nothing, as files are written whole. A second signal ends the program at once.
///
/// # Errors
/// The system does not let us handle signals.
pub(crate) fn watch(clear: impl FnOnce() + Send + 'static) -> anyhow::Result<Cancel> {
    let asked = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // In this order: only a second signal finds the flag set.
        flag::register_conditional_shutdown(signal, STATUS.into(), Arc::clone(&asked))?;
        flag::register(signal, Arc::clone(&asked))?;
    }
    let cancel = Cancel::from(asked);
    let watched = cancel.clone();
    thread::spawn(move || {
        while !watched.is_cancelled() {
            thread::sleep(INTERVAL);
        }
        thread::sleep(PATIENCE);
        clear();
        note(STOPPED);
        std::process::exit(STATUS.into());
    });
    Ok(cancel)
}
