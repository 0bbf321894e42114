//! A run that publishes or cleans holds the lock alone; shards, which only keep results and cells, hold it together. The system
//! frees it when its holder ends, however it ends. Correctness between machines does not depend on it.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::store::provenance::rfc3339;
use crate::words::error::PipelineError;
use crate::words::files;

/// How a lock is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hold {
    /// By one.
    Alone,
    /// By any number, while none holds it alone.
    Together,
}

/// How often someone who waits for the lock tries again and looks whether to stop.
const GLANCE: Duration = Duration::from_millis(100);

/// A held lock; dropping it frees it.
#[derive(Debug)]
pub(crate) struct Lock {
    file: File,
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the file is not enough: a process that is just being started has it open, too. An error leaves that.
        let _ = self.file.unlock();
    }
}

impl Lock {
    /// Takes the lock. If another run holds it: calls `waiting` with who that is and waits until the lock is free or
    /// `stopped` says so, or fails if `wait` is false.
    pub(crate) fn take(
        path: &Path,
        hold: Hold,
        wait: bool,
        waiting: impl Fn(&str),
        stopped: impl Fn() -> bool,
    ) -> Result<Self, PipelineError> {
        if let Some(folder) = path.parent() {
            mf_data::files::create_folder(folder)?;
        }
        let mut file = files::open(path)?;
        let tried = |file: &File| match hold {
            Hold::Alone => file.try_lock(),
            Hold::Together => file.try_lock_shared(),
        };
        let is_free = |file: &File| match tried(file) {
            Ok(()) => Ok(true),
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(source)) => Err(failed("lock", path, source)),
        };
        if !is_free(&file)? {
            let holder = holder(&mut file);
            if !wait {
                return Err(PipelineError::Locked {
                    path: path.to_owned(),
                    holder,
                });
            }
            waiting(&holder);
            while !is_free(&file)? {
                if stopped() {
                    return Err(PipelineError::Stopped);
                }
                std::thread::sleep(GLANCE);
            }
        }
        sign(&mut file).map_err(|source| failed("write", path, source))?;
        Ok(Self { file })
    }
}

fn failed(action: &'static str, path: &Path, source: std::io::Error) -> PipelineError {
    PipelineError::File {
        action,
        path: PathBuf::from(path),
        source,
    }
}

/// The holder of the lock, as it signed the file.
fn holder(file: &mut File) -> String {
    let mut text = String::new();
    let read = file.read_to_string(&mut text);
    let text = text.trim();
    if read.is_err() || text.is_empty() {
        "a run that has just begun".to_owned()
    } else {
        text.to_owned()
    }
}

fn sign(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(
        file,
        "process {}, since {}",
        std::process::id(),
        rfc3339(SystemTime::now())
    )?;
    file.flush()
}
