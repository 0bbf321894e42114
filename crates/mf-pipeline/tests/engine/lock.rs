//! Two runs at once: the second says which run is running, and waits or gives up.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

use crate::toys::{Project, ran};
use mf_pipeline::{Observer, PipelineError, RunOptions, Silent};

/// Holds a run at its plan until told to go on.
struct Gate {
    arrived: mpsc::SyncSender<()>,
    go: std::sync::Mutex<mpsc::Receiver<()>>,
}

impl Observer for Gate {
    fn planned(&self, _plan: &mf_pipeline::Plan) {
        self.arrived.send(()).unwrap();
        self.go.lock().unwrap().recv().unwrap();
    }
}

#[derive(Default)]
struct Waits(AtomicBool, std::sync::Mutex<Option<mpsc::SyncSender<()>>>);

impl Observer for Waits {
    fn waiting(&self, holder: &str) {
        assert!(
            holder.contains(&format!("process {}", std::process::id())),
            "{holder}"
        );
        self.0.store(true, Ordering::SeqCst);
        if let Some(go) = self.1.lock().unwrap().take() {
            go.send(()).unwrap();
        }
    }
}

#[test]
fn the_second_run_waits_for_the_first_or_gives_up() {
    let project = Project::new();
    let (arrived, has_arrived) = mpsc::sync_channel(1);
    let (go, goes) = mpsc::sync_channel(1);
    let (first, second) = (project.load(), project.load());
    std::thread::scope(|scope| {
        let gate = Gate {
            arrived,
            go: std::sync::Mutex::new(goes),
        };
        let running = scope.spawn(move || first.run(&RunOptions::default(), &gate).unwrap());
        has_arrived.recv().unwrap();

        let impatient = RunOptions {
            wait: false,
            ..RunOptions::default()
        };
        let error = second.run(&impatient, &Silent).unwrap_err();
        assert!(matches!(error, PipelineError::Locked { .. }));
        assert!(
            error
                .to_string()
                .contains(&format!("process {}", std::process::id())),
            "{error}"
        );

        // The second run lets the first go on only once it says that it waits.
        let waits = Waits(AtomicBool::new(false), std::sync::Mutex::new(Some(go)));
        let report = second.run(&RunOptions::default(), &waits).unwrap();
        assert!(waits.0.load(Ordering::SeqCst));
        assert!(ran(&report).is_empty(), "the first run did it all");
        assert_eq!(ran(&running.join().unwrap()).len(), 6);
    });
}
