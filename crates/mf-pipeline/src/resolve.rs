//! From the tree of `pipeline.toml` to a pipeline: prepares stages, resolves references, finds cycles and what is
//! unused. Goes on after a problem, so that one run shows them all.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::cache::Cache;
use crate::claims::{Claim, Ours};
use crate::diagnostic::{Diagnostic, Diagnostics, line_column};
use crate::job::QuantizerDefinition;
use crate::key::derived_seed;
use crate::pipeline::{Node, Pipeline, Role, Source};
use crate::registry::{ParamError, Registry, Stage, StageKind};
use crate::schema::{overrides, schema};
use crate::spec::{ClaimSpec, FigureSpec, ProjectSpec, QuantizerChoice, QuantizerSpec, StageSpec};
use crate::text::{did_you_mean, list};
use crate::tree::{self, Node as Toml};
use crate::validate::{below, item_name, validate};

/// The pipeline of a file, or all its problems.
pub(crate) fn resolve(
    path: &Path,
    source: &str,
    registry: &Registry,
    profile: &str,
) -> Result<Pipeline, Diagnostics> {
    let mut problems = Diagnostics::new(&path.display().to_string(), source);
    let (tree, syntax) = tree::parse(source);
    let only_duplicates = syntax.iter().all(tree::is_duplicate);
    syntax
        .into_iter()
        .for_each(|problem| problems.push(problem));
    if !only_duplicates {
        problems.into_result()?;
        return Err(Diagnostics::new(&path.display().to_string(), source));
    }
    let schema = schema(registry);
    let root = path.parent().map(Path::to_path_buf).unwrap_or_default();
    let resolver = Resolver {
        source,
        tree: &tree,
        schema: &schema,
        registry,
        profile,
        root,
        problems,
    };
    resolver.resolve(path)
}

struct Resolver<'a> {
    source: &'a str,
    tree: &'a Toml,
    schema: &'a Value,
    registry: &'a Registry,
    profile: &'a str,
    root: PathBuf,
    problems: Diagnostics,
}

/// What is known of the stages and figures when references are resolved.
struct Known<'a> {
    nodes: &'a [Node],
    /// Names of items that have problems of their own: what refers to them is not judged.
    broken: &'a BTreeSet<String>,
}

impl Resolver<'_> {
    fn resolve(mut self, path: &Path) -> Result<Pipeline, Diagnostics> {
        for problem in validate(self.tree, self.schema, &self.schema["$defs"], &[]) {
            self.problems.push(problem);
        }
        self.unique_names(&["stage", "figure"]);
        self.unique_names(&["quantizer"]);
        self.unique_names(&["claim"]);
        let profiles = self.profiles();
        let project = self.project();
        let quantizers = self.quantizers();
        let (mut nodes, broken) = self.nodes(
            &quantizers,
            project.as_ref().map_or(0, |project| project.seed),
        );
        self.inputs(&mut nodes, &broken);
        let claims = self.claims(&Known {
            nodes: &nodes,
            broken: &broken,
        });
        self.cycles(&nodes);
        self.unused(&nodes, &claims);
        self.problems.into_result()?;
        let project =
            project.ok_or_else(|| Diagnostics::new(&path.display().to_string(), self.source))?;
        Ok(Pipeline {
            file: path.to_owned(),
            profile: self.profile.to_owned(),
            profiles,
            title: project.title,
            tables: self.root.join(project.tables),
            figures: self.root.join(project.figures),
            quantizers: quantizers.into_values().flatten().collect(),
            nodes: in_running_order(nodes),
            claims,
            cache: Cache::new(self.root.join(".mf")),
            root: self.root,
        })
    }

    /// The items of an array of tables, with their place and name.
    fn items(&self, list: &str) -> Vec<(Vec<String>, &Toml)> {
        let items = self.tree.get(list).map(Toml::items).unwrap_or_default();
        let path = |index, item| vec![list.to_owned(), item_name(item, index)];
        items
            .iter()
            .enumerate()
            .map(|(index, item)| (path(index, item), item))
            .collect()
    }

    /// An item as its type, unless it has problems of its own.
    fn item<T: DeserializeOwned>(&self, definition: &str, item: &Toml) -> Option<T> {
        let definition = &self.schema["$defs"][definition];
        let sound = validate(item, definition, &self.schema["$defs"], &[]).is_empty();
        if sound {
            serde_json::from_value(item.json()).ok()
        } else {
            None
        }
    }

    fn line(&self, node: &Toml) -> usize {
        line_column(self.source, node.span.start).0
    }

    fn unique_names(&mut self, lists: &[&str]) {
        let mut first: BTreeMap<String, usize> = BTreeMap::new();
        let mut twice = Vec::new();
        for (path, item) in lists.iter().flat_map(|list| self.items(list)) {
            let (Some(name), Some(node)) = (item.text("name"), item.get("name")) else {
                continue;
            };
            if let Some(line) = first.get(name) {
                let message = format!("name `{name}` is used twice (first on line {line})");
                let help = Some("rename one of the two".to_owned());
                twice.push(
                    Diagnostic::new(message)
                        .at(node.span.clone())
                        .key(path.join(".") + ".name")
                        .help(help),
                );
            } else {
                first.insert(name.to_owned(), line_column(self.source, node.span.start).0);
            }
        }
        twice
            .into_iter()
            .for_each(|problem| self.problems.push(problem));
    }

    fn project(&self) -> Option<ProjectSpec> {
        self.item("project", self.tree.get("project")?)
    }

    /// The names of the profiles; checks the overrides of all of them, whichever is chosen.
    fn profiles(&mut self) -> Vec<String> {
        let entries = self
            .tree
            .get("profile")
            .map(Toml::entries)
            .unwrap_or_default();
        let mut names: Vec<String> = entries.iter().map(|entry| entry.key.clone()).collect();
        if !names.iter().any(|name| name == "default") {
            names.insert(0, "default".to_owned());
        }
        if !names.iter().any(|name| name == self.profile) {
            let help = did_you_mean(self.profile, names.iter().map(String::as_str));
            let message = format!("there is no profile `{}`", self.profile);
            let missing = Diagnostic::new(message)
                .key("profile")
                .value(self.profile)
                .allowed(list(&names));
            self.problems
                .push(missing.help(help.or(Some(format!("add `[profile.{}]`", self.profile)))));
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
                Some(definition) => validate(
                    &entry.node,
                    &overrides(self.schema, &definition),
                    &self.schema["$defs"],
                    &path,
                ),
                None => vec![self.unknown_stage(entry, &path)],
            };
            problems
                .into_iter()
                .for_each(|problem| self.problems.push(problem));
        }
        names
    }

    /// The definition that describes the parameters of a stage or figure; of an unknown kind, any table.
    fn definition(&self, name: &str) -> Option<String> {
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

    fn unknown_stage(&self, entry: &tree::Entry, path: &[String]) -> Diagnostic {
        let names = self.names();
        Diagnostic::new(format!(
            "profile overrides `{}`, but there is no such stage or figure",
            entry.key
        ))
        .at(entry.span.clone())
        .key(path.join("."))
        .allowed(list(&names))
        .help(did_you_mean(&entry.key, names.iter().map(String::as_str)))
    }

    /// The names of stages and figures, as written.
    fn names(&self) -> Vec<String> {
        let items = ["stage", "figure"]
            .into_iter()
            .flat_map(|list| self.items(list));
        items
            .filter_map(|(_, item)| item.text("name"))
            .map(str::to_owned)
            .collect()
    }

    /// The overrides of a stage under the chosen profile.
    fn overrides(&self, stage: &str) -> Option<&Toml> {
        self.tree.get("profile")?.get(self.profile)?.get(stage)
    }

    /// Quantizers by name, in the order of the file; `None` for one with problems.
    fn quantizers(&mut self) -> Quantizers {
        let mut quantizers = Quantizers::default();
        let mut problems = Vec::new();
        for (path, item) in self.items("quantizer") {
            let name = item.text("name").unwrap_or_default().to_owned();
            let definition = self
                .item::<QuantizerSpec>("quantizer", item)
                .and_then(|spec| {
                    let family = self.registry.find_family(&spec.family)?;
                    let params = Value::Object(spec.params);
                    match family.check(&params) {
                        Ok(()) => {
                            let version = family.version();
                            Some(QuantizerDefinition {
                                name: spec.name,
                                family: spec.family,
                                version,
                                params,
                            })
                        }
                        Err(error) => {
                            problems.push(refused(
                                &error,
                                item,
                                None,
                                &path,
                                &format!("quantizer `{name}`"),
                            ));
                            None
                        }
                    }
                });
            quantizers.0.push((name, definition));
        }
        problems
            .into_iter()
            .for_each(|problem| self.problems.push(problem));
        quantizers
    }

    /// Stages and figures that can be prepared (inputs unresolved), and the names of those that cannot.
    fn nodes(&mut self, quantizers: &Quantizers, seed: u64) -> (Vec<Node>, BTreeSet<String>) {
        let (mut nodes, mut broken, mut problems) = (Vec::new(), BTreeSet::new(), Vec::new());
        for (path, item) in self.items("stage") {
            match self.stage(&path, item, quantizers, seed, &mut problems) {
                Some(node) => nodes.push(node),
                None => drop(broken.insert(item.text("name").unwrap_or_default().to_owned())),
            }
        }
        for (path, item) in self.items("figure") {
            match self.figure(&path, item, seed, &mut problems) {
                Some(node) => nodes.push(node),
                None => drop(broken.insert(item.text("name").unwrap_or_default().to_owned())),
            }
        }
        problems
            .into_iter()
            .for_each(|problem| self.problems.push(problem));
        (nodes, broken)
    }

    fn stage(
        &self,
        path: &[String],
        item: &Toml,
        quantizers: &Quantizers,
        seed: u64,
        problems: &mut Vec<Diagnostic>,
    ) -> Option<Node> {
        let spec: StageSpec = self.item("stage", item)?;
        let kind = self.registry.find_stage(&spec.kind)?;
        let with = item.get("with").unwrap_or(item);
        let stage = self.prepare(
            kind.as_ref(),
            spec.with.clone(),
            &spec.name,
            with,
            &below(path, "with"),
            problems,
        )?;
        let chosen = choose_quantizers(&*stage, &spec, path, item, quantizers, problems);
        let mut node = node(
            Role::Stage,
            &spec.name,
            spec.about,
            kind.as_ref(),
            stage,
            seed,
        );
        node.line = self.line(item);
        node.quantizers = chosen;
        Some(node)
    }

    fn figure(
        &self,
        path: &[String],
        item: &Toml,
        seed: u64,
        problems: &mut Vec<Diagnostic>,
    ) -> Option<Node> {
        let spec: FigureSpec = self.item("figure", item)?;
        let Some(kind) = self.registry.find_figure() else {
            problems.push(
                Diagnostic::new("this program draws no figures")
                    .at(item.span.clone())
                    .key(path.join(".")),
            );
            return None;
        };
        let figure = self.prepare(kind.as_ref(), spec.params, &spec.name, item, path, problems)?;
        let mut node = node(
            Role::Figure,
            &spec.name,
            spec.about,
            kind.as_ref(),
            figure,
            seed,
        );
        node.line = self.line(item);
        Some(node)
    }

    /// Prepares a stage with its parameters under the profile. A profile replaces each parameter as a whole.
    fn prepare(
        &self,
        kind: &dyn StageKind,
        mut params: Map<String, Value>,
        name: &str,
        with: &Toml,
        path: &[String],
        problems: &mut Vec<Diagnostic>,
    ) -> Option<Box<dyn Stage>> {
        let changed = self.overrides(name);
        for entry in changed.map(Toml::entries).unwrap_or_default() {
            params.insert(entry.key.clone(), entry.node.json());
        }
        let what = format!("kind `{}`", kind.name());
        let stage = kind
            .prepare(Value::Object(params))
            .map_err(|error| problems.push(refused(&error, with, changed, path, &what)))
            .ok()?;
        let outputs: Vec<String> = stage.tables().into_iter().chain(stage.numbers()).collect();
        let clash = outputs.iter().enumerate().find(|(index, name)| {
            *name == "numbers"
                || name.contains(['.', '/', '\\'])
                || outputs.iter().take(*index).any(|other| other == *name)
        });
        if let Some((_, name)) = clash {
            let message = format!(
                "{what} names an output `{name}` that is taken, reserved or no plain name; correct the kind"
            );
            problems.push(
                Diagnostic::new(message)
                    .at(with.span.clone())
                    .key(path.join(".")),
            );
            return None;
        }
        Some(stage)
    }

    /// Resolves the inputs of every node.
    fn inputs(&mut self, nodes: &mut [Node], broken: &BTreeSet<String>) {
        let mut resolved = Vec::new();
        let mut problems = Vec::new();
        for node in nodes.iter() {
            let list = if node.role == Role::Stage {
                "stage"
            } else {
                "figure"
            };
            let items = self.items(list);
            let Some((path, item)) = items
                .iter()
                .find(|(_, item)| item.text("name") == Some(&node.name))
            else {
                resolved.push(BTreeMap::new());
                continue;
            };
            resolved.push(self.node_inputs(
                node,
                path,
                item,
                &Known { nodes, broken },
                &mut problems,
            ));
        }
        for (node, inputs) in nodes.iter_mut().zip(resolved) {
            node.inputs = inputs;
        }
        problems
            .into_iter()
            .for_each(|problem| self.problems.push(problem));
    }

    fn node_inputs(
        &self,
        node: &Node,
        path: &[String],
        item: &Toml,
        known: &Known<'_>,
        problems: &mut Vec<Diagnostic>,
    ) -> BTreeMap<String, Source> {
        let mut inputs = BTreeMap::new();
        let roles = node.stage.roles();
        let given = if node.role == Role::Stage {
            item.get("inputs").map(Toml::entries)
        } else {
            None
        };
        for entry in given.unwrap_or_default() {
            let place = below(&below(path, "inputs"), &entry.key);
            if !roles.iter().any(|role| role.name == entry.key) {
                let names: Vec<&str> = roles.iter().map(|role| role.name.as_str()).collect();
                problems.push(
                    Diagnostic::new(format!("kind `{}` has no input `{}`", node.kind, entry.key))
                        .at(entry.span.clone())
                        .key(place.join("."))
                        .allowed(list(&names))
                        .help(did_you_mean(&entry.key, names).or(Some("remove it".to_owned()))),
                );
                continue;
            }
            let reference = item
                .get("inputs")
                .and_then(|inputs| inputs.text(&entry.key))
                .unwrap_or_default();
            match self.reference(reference, known) {
                Ok(source) => drop(source.map(|source| inputs.insert(entry.key.clone(), source))),
                Err(problem) => problems.push(
                    problem
                        .at(entry.node.span.clone())
                        .key(place.join("."))
                        .value(reference),
                ),
            }
        }
        for role in roles.iter().filter(|role| role.required) {
            if !given
                .unwrap_or_default()
                .iter()
                .any(|entry| entry.key == role.name)
            {
                let place = item.get("inputs").unwrap_or(item);
                problems.push(
                    Diagnostic::new(format!(
                        "input `{}` of kind `{}` is missing",
                        role.name, node.kind
                    ))
                    .at(place.span.clone())
                    .key(below(&below(path, "inputs"), &role.name).join("."))
                    .allowed(role.about.clone())
                    .help(Some(format!(
                        "add `{} = \"stage.table\"` to `inputs`",
                        role.name
                    ))),
                );
            }
        }
        let changed = self.overrides(&node.name);
        for (role, reference) in node.stage.inputs() {
            let found = changed
                .and_then(|changed| changed.find_text(&reference))
                .or_else(|| item.find_text(&reference));
            let place = found.unwrap_or(item);
            match self.reference(&reference, known) {
                Ok(source) => drop(source.map(|source| inputs.insert(role, source))),
                Err(problem) => problems.push(
                    problem
                        .at(place.span.clone())
                        .key(path.join("."))
                        .value(reference),
                ),
            }
        }
        inputs
    }

    /// What a reference means; `None` if it names an item that has problems of its own.
    fn reference(&self, reference: &str, known: &Known<'_>) -> Result<Option<Source>, Diagnostic> {
        const FORMS: &str = "\"stage.table\", \"stage.number\", \"stage.numbers\" or \"file:path\"";
        if let Some(path) = reference.strip_prefix("file:") {
            self.file(path)?;
            return Ok(Some(Source::File(path.to_owned())));
        }
        let Some((name, output)) = reference.split_once('.') else {
            return Err(Diagnostic::new(format!("`{reference}` is not a reference")).allowed(FORMS));
        };
        if known.broken.contains(name) {
            return Ok(None);
        }
        let Some(node) = known.nodes.iter().find(|node| node.name == name) else {
            let names = self.names();
            return Err(Diagnostic::new(format!("there is no stage `{name}`"))
                .allowed(list(&names))
                .help(did_you_mean(name, names.iter().map(String::as_str))));
        };
        let (stage, output) = (name.to_owned(), output.to_owned());
        let (tables, numbers) = (node.stage.tables(), node.stage.numbers());
        if tables.contains(&output) {
            return Ok(Some(Source::Table {
                stage,
                table: output,
            }));
        }
        if numbers.contains(&output) {
            return Ok(Some(Source::Number {
                stage,
                number: output,
            }));
        }
        if output == "numbers" && !numbers.is_empty() {
            return Ok(Some(Source::Numbers { stage }));
        }
        let outputs: Vec<String> = tables.into_iter().chain(numbers).collect();
        let help = did_you_mean(&output, outputs.iter().map(String::as_str));
        Err(Diagnostic::new(format!(
            "stage `{stage}` makes no table or number `{output}`"
        ))
        .allowed(list(
            outputs.iter().map(|output| format!("{stage}.{output}")),
        ))
        .help(help))
    }

    /// A file from outside is there.
    fn file(&self, path: &str) -> Result<(), Diagnostic> {
        let full = self.root.join(path);
        if full.is_file() {
            return Ok(());
        }
        let what = if full.is_dir() {
            "is a folder, not a file"
        } else {
            "does not exist"
        };
        let help = Some("check the path (relative to pipeline.toml), or fetch the file".to_owned());
        Err(Diagnostic::new(format!("input file `{path}` {what}")).help(help))
    }

    fn claims(&mut self, known: &Known<'_>) -> Vec<Claim> {
        let (mut claims, mut problems) = (Vec::new(), Vec::new());
        for (path, item) in self.items("claim") {
            if let Some(spec) = self.item::<ClaimSpec>("claim", item) {
                claims.extend(self.claim(spec, &path, item, known, &mut problems));
            }
        }
        problems
            .into_iter()
            .for_each(|problem| self.problems.push(problem));
        claims
    }

    fn claim(
        &self,
        spec: ClaimSpec,
        path: &[String],
        item: &Toml,
        known: &Known<'_>,
        problems: &mut Vec<Diagnostic>,
    ) -> Option<Claim> {
        let before = problems.len();
        let mut problem = |key: &str, problem: Diagnostic| {
            let place = item.get(key).unwrap_or(item);
            problems.push(
                problem
                    .at(place.span.clone())
                    .key(below(path, key).join(".")),
            );
        };
        let source = match self.reference(&spec.of, known) {
            Ok(source) => source,
            Err(error) => {
                problem("of", error.value(&spec.of));
                None
            }
        };
        let ours = source
            .as_ref()
            .and_then(|source| ours(&spec, source, &mut problem));
        if let Some(table) = &spec.paper_table
            && let Err(error) = self.file(&table.file)
        {
            problem("paper-table", error.value(&table.file));
        }
        let (tolerance, relative) = match (spec.tolerance, spec.relative_tolerance) {
            (Some(tolerance), None) => (tolerance, false),
            (None, Some(tolerance)) => (tolerance, true),
            (None, None) => {
                let missing = Diagnostic::new("the claim has no tolerance")
                    .allowed("`tolerance` or `relative-tolerance`");
                problem(
                    "tolerance",
                    missing.help(Some("add `tolerance = ...` (absolute)".to_owned())),
                );
                (0.0, false)
            }
            (Some(_), Some(_)) => {
                let both = Diagnostic::new("the claim has two tolerances")
                    .allowed("`tolerance` or `relative-tolerance`");
                problem(
                    "relative-tolerance",
                    both.help(Some("remove one of the two".to_owned())),
                );
                (0.0, false)
            }
        };
        if relative && spec.paper == Some(0.0) {
            let message = "a tolerance relative to zero allows nothing";
            problem(
                "relative-tolerance",
                Diagnostic::new(message).help(Some("use `tolerance`".to_owned())),
            );
        }
        if let Some(differs) = spec
            .differs
            .as_ref()
            .filter(|differs| differs.within <= tolerance)
        {
            let message = format!(
                "`within` is {}, not above the tolerance {tolerance}",
                differs.within
            );
            problem(
                "differs",
                Diagnostic::new(message).help(Some("raise it, or remove `differs`".to_owned())),
            );
        }
        let (stage, output) = spec.of.split_once('.')?;
        let claim = Claim {
            stage: stage.to_owned(),
            output: output.to_owned(),
            line: self.line(item),
            ours: ours?,
            name: spec.name,
            about: spec.about,
            source: spec.source,
            tolerance,
            relative,
            reason: spec.reason,
            differs: spec.differs,
        };
        (problems.len() == before).then_some(claim)
    }

    fn cycles(&mut self, nodes: &[Node]) {
        let names: Vec<&str> = nodes.iter().map(|node| node.name.as_str()).collect();
        let graph = dependencies(nodes);
        for component in tarjan_scc(&graph) {
            let Some(start) = component.iter().copied().min() else {
                continue;
            };
            if component.len() == 1 && graph.find_edge(start, start).is_none() {
                continue;
            }
            let walk = loop_from(&graph, &component, start);
            let text: Vec<&str> = walk
                .iter()
                .filter_map(|index| names.get(index.index()).copied())
                .collect();
            let Some(first) = text.first() else { continue };
            let place = self
                .items("stage")
                .into_iter()
                .find(|(_, item)| item.text("name") == Some(first));
            let mut problem =
                Diagnostic::new(format!("the stages form a cycle: {}", text.join(" -> ")))
                    .help(Some("remove one of these inputs".to_owned()));
            if let Some((path, item)) = place {
                let node = item.get("inputs").unwrap_or(item);
                problem = problem
                    .at(node.span.clone())
                    .key(path.join(".") + ".inputs");
            }
            self.problems.push(problem);
        }
    }

    /// A stage whose outputs nobody reads is a mistake: a figure or a claim was forgotten, or the stage was.
    fn unused(&mut self, nodes: &[Node], claims: &[Claim]) {
        let mut used: BTreeSet<String> = claims.iter().map(|claim| claim.stage.clone()).collect();
        used.extend(nodes.iter().flat_map(Node::upstream).map(str::to_owned));
        // Items with problems of their own count by what they mention.
        let mut mentioned = BTreeSet::new();
        ["stage", "figure", "claim"]
            .iter()
            .filter_map(|list| self.tree.get(list))
            .for_each(|list| list.texts(&mut mentioned));
        let has_problems = !self.problems.problems.is_empty();
        let mut problems = Vec::new();
        for node in nodes
            .iter()
            .filter(|node| node.role == Role::Stage && !used.contains(&node.name))
        {
            let prefix = format!("{}.", node.name);
            if has_problems && mentioned.iter().any(|text| text.starts_with(&prefix)) {
                continue;
            }
            let items = self.items("stage");
            let Some((path, item)) = items
                .iter()
                .find(|(_, item)| item.text("name") == Some(&node.name))
            else {
                continue;
            };
            let place = item.get("name").unwrap_or(item);
            let outputs = node.stage.tables().into_iter().chain(node.stage.numbers());
            problems.push(
                Diagnostic::new(format!(
                    "stage `{}` is not used by any stage, figure or claim",
                    node.name
                ))
                .at(place.span.clone())
                .key(path.join("."))
                .help(Some(format!(
                    "remove it, or use one of its outputs: {}",
                    list(outputs.map(|output| format!("{}.{output}", node.name)))
                ))),
            );
        }
        problems
            .into_iter()
            .for_each(|problem| self.problems.push(problem));
    }
}

/// Quantizers by name in the order of the file; `None` for one with problems.
#[derive(Default)]
struct Quantizers(Vec<(String, Option<QuantizerDefinition>)>);

impl Quantizers {
    fn into_values(self) -> impl Iterator<Item = Option<QuantizerDefinition>> {
        self.0.into_iter().map(|(_, definition)| definition)
    }
}

fn choose_quantizers(
    stage: &dyn Stage,
    spec: &StageSpec,
    path: &[String],
    item: &Toml,
    quantizers: &Quantizers,
    problems: &mut Vec<Diagnostic>,
) -> Vec<QuantizerDefinition> {
    let key = below(path, "quantizers");
    let place = item.get("quantizers").unwrap_or(item);
    let problem = |message: String| {
        Diagnostic::new(message)
            .at(place.span.clone())
            .key(key.join("."))
    };
    match (&spec.quantizers, stage.wants_quantizers()) {
        (None, false) => Vec::new(),
        (None, true) => {
            let missing = problem(format!(
                "key `quantizers` is missing: kind `{}` works on quantizers",
                spec.kind
            ));
            problems.push(
                missing
                    .allowed("\"all\", or a list of names")
                    .help(Some("add `quantizers = \"all\"`".to_owned())),
            );
            Vec::new()
        }
        (Some(_), false) => {
            let useless = problem(format!("kind `{}` does not work on quantizers", spec.kind));
            problems.push(useless.help(Some("remove `quantizers`".to_owned())));
            Vec::new()
        }
        (Some(QuantizerChoice::All(_)), true) => quantizers
            .0
            .iter()
            .filter_map(|(_, definition)| definition.clone())
            .collect(),
        (Some(QuantizerChoice::Named(names)), true) => {
            let known: Vec<&str> = quantizers.0.iter().map(|(name, _)| name.as_str()).collect();
            for (index, name) in names
                .iter()
                .enumerate()
                .filter(|(_, name)| !known.contains(&name.as_str()))
            {
                let place = place.items().get(index).unwrap_or(place);
                problems.push(
                    Diagnostic::new(format!("there is no quantizer `{name}`"))
                        .at(place.span.clone())
                        .key(key.join("."))
                        .allowed(list(&known))
                        .help(did_you_mean(name, known.iter().copied())),
                );
            }
            let find = |name: &String| {
                quantizers
                    .0
                    .iter()
                    .find(|(known, _)| known == name)?
                    .1
                    .clone()
            };
            names.iter().filter_map(find).collect()
        }
    }
}

fn node(
    role: Role,
    name: &str,
    about: String,
    kind: &dyn StageKind,
    stage: Box<dyn Stage>,
    seed: u64,
) -> Node {
    Node {
        name: name.to_owned(),
        role,
        kind: kind.name().to_owned(),
        version: kind.version(),
        about,
        line: 0,
        params: stage.params(),
        seed: stage.random().then(|| derived_seed(seed, name)),
        inputs: BTreeMap::new(),
        quantizers: Vec::new(),
        stage,
    }
}

/// A parameter that a kind or a family refuses, where it stands: in the profile if that sets it, or in the item.
fn refused(
    error: &ParamError,
    with: &Toml,
    changed: Option<&Toml>,
    path: &[String],
    what: &str,
) -> Diagnostic {
    let of_profile = error
        .path
        .first()
        .and_then(|key| changed?.get(key))
        .and(changed);
    let place = of_profile.unwrap_or(with).deepest(&error.path);
    let key: Vec<String> = path.iter().chain(&error.path).cloned().collect();
    let mut problem = Diagnostic::new(format!("{what}: {}", error.message))
        .at(place.span.clone())
        .key(key.join("."))
        .value(place.describe());
    problem.allowed.clone_from(&error.allowed);
    problem
}

/// Which of our values a claim is about.
fn ours(
    spec: &ClaimSpec,
    source: &Source,
    problem: &mut dyn FnMut(&str, Diagnostic),
) -> Option<Ours> {
    let help = |text: &str| Some(text.to_owned());
    match source {
        Source::Number { .. } => {
            let extra = [
                ("column", spec.column.is_some()),
                ("row", spec.row.is_some()),
                ("key", spec.key.is_some()),
                ("paper-table", spec.paper_table.is_some()),
            ];
            for (key, _) in extra.iter().filter(|(_, given)| *given) {
                let message = format!("`{key}` is for tables, but `{}` is a number", spec.of);
                problem(key, Diagnostic::new(message).help(help("remove it")));
            }
            if spec.paper.is_none() {
                let missing = Diagnostic::new("key `paper` is missing: the printed value");
                problem(
                    "paper",
                    missing.allowed("a number").help(help("add `paper = ...`")),
                );
            }
            Some(Ours::Number { paper: spec.paper? })
        }
        Source::Table { .. } => {
            if spec.column.is_none() {
                let message = format!("key `column` is missing: `{}` is a table", spec.of);
                problem(
                    "column",
                    Diagnostic::new(message).help(help("add `column = \"...\"`")),
                );
            }
            match (spec.paper, &spec.paper_table) {
                (Some(paper), None) => {
                    if spec.key.is_some() {
                        let message =
                            "`key` goes with `paper-table`, but the claim has one `paper` value";
                        problem(
                            "key",
                            Diagnostic::new(message)
                                .help(help("name the row with `row = { column = value }`")),
                        );
                    }
                    let row = spec.row.clone().unwrap_or_default();
                    Some(Ours::Cell {
                        column: spec.column.clone()?,
                        row,
                        paper,
                    })
                }
                (None, Some(table)) => {
                    if spec.row.is_some() {
                        let message =
                            "`row` goes with one `paper` value, but the claim has a `paper-table`";
                        problem("row", Diagnostic::new(message).help(help("remove it")));
                    }
                    if spec.key.is_none() {
                        let message = "key `key` is missing: our column that matches the key of `paper-table`";
                        problem(
                            "key",
                            Diagnostic::new(message).help(help("add `key = \"...\"`")),
                        );
                    }
                    let (column, key) = (spec.column.clone()?, spec.key.clone()?);
                    Some(Ours::Column {
                        column,
                        key,
                        paper: table.clone(),
                    })
                }
                _ => {
                    let message = "the claim needs the printed value once";
                    problem(
                        "paper",
                        Diagnostic::new(message).allowed("`paper` or `paper-table`"),
                    );
                    None
                }
            }
        }
        Source::Numbers { .. } | Source::File(_) => {
            let message = format!("`{}` is not one value or table of a stage", spec.of);
            problem(
                "of",
                Diagnostic::new(message).allowed("\"stage.number\" or \"stage.table\""),
            );
            None
        }
    }
}

/// Who feeds whom; the vertices are the positions of the nodes.
fn dependencies(nodes: &[Node]) -> DiGraph<(), ()> {
    let mut graph = DiGraph::new();
    let vertices: Vec<NodeIndex> = nodes.iter().map(|_| graph.add_node(())).collect();
    for (node, to) in nodes.iter().zip(&vertices) {
        for name in node.upstream() {
            let from = nodes
                .iter()
                .zip(&vertices)
                .find(|(node, _)| node.name == name);
            if let Some((_, from)) = from {
                graph.add_edge(*from, *to, ());
            }
        }
    }
    graph
}

/// A loop in a strongly connected component: from `start` along edges inside it until a vertex comes again.
fn loop_from(graph: &DiGraph<(), ()>, component: &[NodeIndex], start: NodeIndex) -> Vec<NodeIndex> {
    let mut walk = vec![start];
    let mut at = start;
    while let Some(next) = graph.neighbors(at).find(|next| component.contains(next)) {
        if let Some(position) = walk.iter().position(|seen| *seen == next) {
            walk.push(next);
            return walk.split_off(position);
        }
        walk.push(next);
        at = next;
    }
    walk
}

/// The nodes so that each stands after what it needs; otherwise in the order of the file. There is no cycle.
fn in_running_order(mut nodes: Vec<Node>) -> Vec<Node> {
    let mut ordered: Vec<Node> = Vec::with_capacity(nodes.len());
    let ready = |node: &Node, ordered: &[Node]| {
        node.upstream()
            .iter()
            .all(|name| ordered.iter().any(|done| done.name == **name))
    };
    while let Some(position) = nodes.iter().position(|node| ready(node, &ordered)) {
        ordered.push(nodes.remove(position));
    }
    ordered
}
