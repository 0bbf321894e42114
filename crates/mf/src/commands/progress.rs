//! What a run shows while it works: bars with time left for a person, a line a stage for a log.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use mf_pipeline::{NodeReport, Observer, Outcome};

use crate::terminal;

/// Work that ends sooner than this shows no bar: it would only flicker.
const PATIENCE: Duration = Duration::from_secs(1);

/// Draws bars if someone watches; tells of stages that ran, restored or failed in any case, unless `quiet`.
pub(crate) struct Progress {
    bars: MultiProgress,
    running: Mutex<BTreeMap<String, Running>>,
    watched: bool,
    quiet: bool,
}

struct Running {
    since: std::time::Instant,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// A listener; `quiet` leaves only failures.
    pub(crate) fn new(quiet: bool) -> Self {
        Self {
            bars: MultiProgress::new(),
            running: Mutex::new(BTreeMap::new()),
            watched: terminal::is_watched() && !quiet,
            quiet,
        }
    }

    fn tell(&self, line: String) {
        if self.watched {
            self.bars.suspend(|| terminal::note(&line));
        } else {
            terminal::note(&line);
        }
    }

    fn bar(&self, name: &str, total: u64) -> ProgressBar {
        let bar = self.bars.add(ProgressBar::new(total));
        let style = ProgressStyle::with_template("  {prefix:<24} {bar:24} {pos}/{len}  {eta} left");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_prefix(name.to_owned());
        bar
    }
}

impl Observer for Progress {
    fn waiting(&self, holder: &str) {
        self.tell(format!("waiting for another run: {holder}"));
    }

    fn started(&self, name: &str) {
        let running = Running {
            since: std::time::Instant::now(),
            bar: None,
        };
        self.running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(name.to_owned(), running);
    }

    fn progress(&self, name: &str, done: u64, total: u64) {
        if !self.watched {
            return;
        }
        let mut all = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(running) = all.get_mut(name) else {
            return;
        };
        if running.bar.is_none() && running.since.elapsed() >= PATIENCE {
            // The bar starts late but its estimate must count from the start.
            let bar = self.bar(name, total).with_elapsed(running.since.elapsed());
            running.bar = Some(bar);
        }
        if let Some(bar) = &running.bar {
            bar.set_position(done);
        }
    }

    fn finished(&self, report: &NodeReport) {
        let gone = self
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&report.name);
        if let Some(bar) = gone.and_then(|running| running.bar) {
            bar.finish_and_clear();
        }
        let name = &report.name;
        match &report.outcome {
            Outcome::Failed { error, .. } => self.tell(format!("  {name:<24} failed: {error}")),
            Outcome::Skipped { because } => self.tell(format!("  {name:<24} skipped: {because}")),
            Outcome::Ran if !self.quiet => {
                self.tell(format!("  {name:<24} ran in {:.2} s", report.seconds))
            }
            Outcome::Restored { files } if !self.quiet => {
                self.tell(format!(
                    "  {name:<24} restored {} files from the cache",
                    files.len()
                ));
            }
            Outcome::Ran | Outcome::Restored { .. } | Outcome::Fresh | Outcome::Unchanged => {}
        }
    }
}
