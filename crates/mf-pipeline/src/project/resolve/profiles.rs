//! Profiles: overrides of parameters, checked whichever profile is chosen.

use super::Resolver;
use crate::project::DEFAULT_PROFILE;
use crate::project::{RUNS, TRIAL};
use crate::spec::schema::overrides;
use crate::spec::tree::{Entry, Node as Toml};
use crate::spec::validate::{KEBAB, is_kebab, validate};
use crate::words::diagnostic::Diagnostic;
use crate::words::text::{did_you_mean, list};

impl Resolver<'_> {
    /// The names of the profiles; checks the overrides of all of them, whichever is chosen.
    pub(super) fn profiles(&mut self) -> Vec<String> {
        let entries = self
            .tree
            .get("profile")
            .map(Toml::entries)
            .unwrap_or_default();
        let mut names: Vec<String> = entries.iter().map(|entry| entry.key.clone()).collect();
        if !names.iter().any(|name| name == DEFAULT_PROFILE) {
            names.insert(0, DEFAULT_PROFILE.to_owned());
        }
        if let Some(entry) = entries.iter().find(|entry| entry.key == TRIAL) {
            let message = format!("a profile cannot be called `{TRIAL}`");
            let taken = Diagnostic::new(message)
                .at(entry.span.clone())
                .key(format!("profile.{TRIAL}"));
            let help = format!("rename it: `{RUNS}/{TRIAL}` has the results of `mf run --set`");
            self.problems.push(taken.help(Some(help)));
        }
        if !names.iter().any(|name| name == self.profile) {
            let help = did_you_mean(self.profile, names.iter().map(String::as_str));
            let message = format!("there is no profile `{}`", self.profile);
            let missing = Diagnostic::new(message)
                .key("profile")
                .value(self.profile)
                .allowed(list(&names));
            let may_be = is_kebab(self.profile) && self.profile != TRIAL;
            let add = may_be.then(|| format!("add `[profile.{}]`", self.profile));
            self.problems.push(missing.help(help.or(add)));
        }
        // Results of a profile lie in a folder of its name.
        for entry in entries.iter().filter(|entry| !is_kebab(&entry.key)) {
            let message = format!("`{}` is not a name of a profile", entry.key);
            let problem = Diagnostic::new(message)
                .at(entry.span.clone())
                .key("profile");
            self.problems.push(problem.allowed(KEBAB));
        }
        for (profile, entry) in entries.iter().flat_map(|profile| {
            profile
                .node
                .entries()
                .iter()
                .map(|entry| (&profile.key, entry))
        }) {
            let path = ["profile".to_owned(), profile.clone(), entry.key.clone()];
            let problems = match self.definition(&entry.key) {
                Some(definition) => self.override_problems(&entry.node, &definition, &path),
                None => vec![self.unknown_stage("profile", entry, &path)],
            };
            self.problems.extend(problems);
        }
        names
    }

    /// The problems of the overrides of one stage or figure.
    pub(super) fn override_problems(
        &self,
        changed: &Toml,
        definition: &str,
        path: &[String],
    ) -> Vec<Diagnostic> {
        let schema = overrides(self.schema, definition);
        validate(changed, &schema, &self.schema["$defs"], path)
    }

    /// The definition that describes the parameters of a stage or figure; of an unknown kind, any table.
    pub(super) fn definition(&self, name: &str) -> Option<String> {
        if self
            .items("figure")
            .iter()
            .any(|(_, item)| item.text("name") == Some(name))
        {
            return Some("figure".to_owned());
        }
        let items = self.items("stage");
        let (_, stage) = items
            .iter()
            .find(|(_, item)| item.text("name") == Some(name))?;
        Some(format!("stage.{}", stage.text("kind").unwrap_or_default()))
    }

    pub(super) fn unknown_stage(&self, who: &str, entry: &Entry, path: &[String]) -> Diagnostic {
        let names = self.names();
        Diagnostic::new(format!(
            "{who} overrides `{}`, but there is no such stage or figure",
            entry.key
        ))
        .at(entry.span.clone())
        .key(path.join("."))
        .allowed(list(&names))
        .help(did_you_mean(&entry.key, names.iter().map(String::as_str)))
    }

    /// The overrides of a stage by `--set` and the chosen profile.
    pub(super) fn overrides(&self, stage: &str) -> Option<&Toml> {
        let of_profile = || self.tree.get("profile")?.get(self.profile)?.get(stage);
        self.set.get(stage).or_else(of_profile)
    }
}
