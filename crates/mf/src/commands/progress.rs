//! The progress of a run: bars with the time left on a terminal; in a log a line for each stage, and from time to time a
//! line about a long stage.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use mf_pipeline::{Advance, NodeReport, Observer, Outcome, duration};

use crate::terminal;

/// A stage that ends sooner than this has no bar: it would only flicker.
const PATIENCE: Duration = Duration::from_secs(1);

/// The least time between two lines in a log about a stage.
const SOONEST: Duration = Duration::from_secs(10);
/// Progress by this many percent is a line in a log.
const STEP: u64 = 10;
/// After this time any progress is a line in a log.
const LATEST: Duration = Duration::from_secs(600);

/// Draws bars on a terminal; prints stages that ran, were restored or failed. `quiet` leaves only failures.
pub(crate) struct Progress {
    bars: MultiProgress,
    running: Mutex<BTreeMap<String, Running>>,
    watched: bool,
    quiet: bool,
}

struct Running {
    since: Instant,
    bar: Option<ProgressBar>,
    /// The time of the last line in the log, and its percentage.
    logged: (Instant, u64),
}

impl Running {
    /// Whether this percentage is a new line in the log.
    fn is_news(&self, percent: u64) -> bool {
        let (at, before) = self.logged;
        let silence = at.elapsed();
        silence >= SOONEST && (percent >= before + STEP || silence >= LATEST)
    }
}

impl Progress {
    /// A listener; `quiet` leaves only failures.
    pub(crate) fn new(quiet: bool) -> Self {
        Self {
            bars: MultiProgress::new(),
            running: Mutex::new(BTreeMap::new()),
            watched: terminal::is_terminal() && !quiet,
            quiet,
        }
    }

    /// The bars, so that they can be cleared from elsewhere.
    pub(crate) fn bars(&self) -> MultiProgress {
        self.bars.clone()
    }

    fn print(&self, line: String) {
        if self.watched {
            self.bars.suspend(|| terminal::note(&line));
        } else {
            terminal::note(&line);
        }
    }

    fn bar(&self, name: &str, total: u64) -> ProgressBar {
        let bar = self.bars.add(ProgressBar::new(total));
        let style = ProgressStyle::with_template("  {prefix:<24} {bar:24} {pos}/{len}  {msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_prefix(name.to_owned());
        bar
    }
}

impl Observer for Progress {
    fn waiting(&self, holder: &str) {
        self.print(format!("waiting for another run: {holder}"));
    }

    fn started(&self, name: &str) {
        let running = Running {
            since: Instant::now(),
            bar: None,
            logged: (Instant::now(), 0),
        };
        self.running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(name.to_owned(), running);
    }

    fn progress(&self, name: &str, advance: &Advance) {
        let mut all = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(running) = all.get_mut(name) else {
            return;
        };
        if self.watched {
            if running.bar.is_none() && running.since.elapsed() >= PATIENCE {
                // The bar starts late but its estimate must count from the start.
                let bar = self.bar(name, advance.total);
                running.bar = Some(bar.with_elapsed(running.since.elapsed()));
            }
            if let Some(bar) = &running.bar {
                bar.set_position(advance.done);
                let left = advance.seconds_left;
                bar.set_message(time_left(left.unwrap_or_else(|| bar.eta().as_secs_f64())));
            }
        } else if !self.quiet {
            let percent = (100 * advance.done).checked_div(advance.total).unwrap_or(0);
            if advance.done < advance.total && running.is_news(percent) {
                running.logged = (Instant::now(), percent);
                let left = advance.seconds_left.map(time_left);
                let left = left.map_or_else(String::new, |left| format!(", {left}"));
                let (done, total) = (advance.done, advance.total);
                self.print(format!("  {name:<24} {done} of {total}{left}"));
            }
        }
    }

    fn note(&self, name: &str, text: &str) {
        if !self.quiet {
            self.print(format!("  {name:<24} {text}"));
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
            Outcome::Failed { error, .. } => self.print(format!("  {name:<24} failed: {error}")),
            Outcome::Skipped { because } => self.print(format!("  {name:<24} skipped: {because}")),
            Outcome::Stopped { done, total } if *total > 0 => {
                self.print(format!(
                    "  {name:<24} stopped: {done} of {total} cells are kept"
                ));
            }
            Outcome::Stopped { .. } => self.print(format!("  {name:<24} stopped")),
            Outcome::Partial { done, missing } if !self.quiet => {
                self.print(format!(
                    "  {name:<24} partial: {done} cells are kept, {missing} wait for other shards"
                ));
            }
            Outcome::Ran if !self.quiet => {
                self.print(format!("  {name:<24} ran in {:.2} s", report.seconds))
            }
            Outcome::Restored { files } if !self.quiet => {
                self.print(format!(
                    "  {name:<24} restored {} files from the cache",
                    files.len()
                ));
            }
            Outcome::Partial { .. }
            | Outcome::Ran
            | Outcome::Restored { .. }
            | Outcome::Fresh
            | Outcome::Unchanged => {}
        }
    }
}

fn time_left(seconds: f64) -> String {
    format!("about {} left", duration(seconds))
}
