//! From the tree of `pipeline.toml` to a project: prepares stages, resolves references, finds cycles and what is
//! unused. Goes on after a problem, so that one run shows them all.

mod claims;
mod documents;
mod order;
mod profiles;
mod quantizers;
mod references;
mod settings;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::kinds::registry::{ParamError, Registry, Stage, StageKind};
use crate::project::node::{Node, NodeRole};
use crate::project::options::LoadOptions;
use crate::project::written::Written;
use crate::project::{DEFAULT_PROFILE, Project, RUNS, TRIAL};
use crate::spec::expand::expand;
use crate::spec::headers::headers;
use crate::spec::schema::schema;
use crate::spec::tree::{self, Entry, Node as Toml};
use crate::spec::types::{FigureSpec, ProjectSpec, StageSpec};
use crate::spec::validate::{below, item_name, validate};
use crate::words::diagnostic::{Diagnostic, Diagnostics, line_column};
use crate::words::paths::{inside, problem};
use order::in_running_order;
use quantizers::{Quantizers, choose_quantizers};

/// The project of a file, or all its problems.
pub(crate) fn resolve(
    path: &Path,
    source: &str,
    registry: &Registry,
    options: &LoadOptions,
) -> Result<Project, Diagnostics> {
    let mut problems = Diagnostics::new(&path.display().to_string(), source);
    let (tree, syntax) = tree::parse(source);
    let wrong = headers(source, &tree, &syntax);
    let is_readable = wrong.is_empty() && syntax.iter().all(tree::is_duplicate);
    problems.extend(if wrong.is_empty() { syntax } else { wrong });
    if !is_readable {
        problems.into_result()?;
        return Err(Diagnostics::new(&path.display().to_string(), source));
    }
    let kinds: Vec<&str> = registry.stages().map(|kind| kind.name()).collect();
    let expanded = expand(source, &tree, &kinds);
    problems.extend(expanded.problems);
    let schema = schema(registry);
    let root = path.parent().map(Path::to_path_buf).unwrap_or_default();
    let resolver = Resolver {
        source,
        written: tree,
        tree: expanded.tree,
        unnamed: expanded.unnamed,
        shared: expanded.shared,
        schema: &schema,
        registry,
        profile: &options.profile,
        root,
        problems,
    };
    resolver.resolve(path, options, expanded.unused)
}

struct Resolver<'a> {
    source: &'a str,
    /// The file as it is written.
    written: Toml,
    /// The file written out, with the changes of the profile and of `--set`.
    tree: Toml,
    /// The lists in which the name of an item is not known.
    unnamed: BTreeSet<&'static str>,
    /// `[shared]`, as it is written.
    shared: Option<Entry>,
    schema: &'a Value,
    registry: &'a Registry,
    profile: &'a str,
    root: PathBuf,
    problems: Diagnostics,
}

/// What is known of the stages and figures when references are resolved.
struct Known<'a> {
    nodes: &'a [Node],
    /// Names of items with problems: references to them are not checked.
    broken: &'a BTreeSet<String>,
}

impl Resolver<'_> {
    fn resolve(
        mut self,
        path: &Path,
        options: &LoadOptions,
        mut unused: Vec<Diagnostic>,
    ) -> Result<Project, Diagnostics> {
        let defs = &self.schema["$defs"];
        let problems = validate(&self.tree, self.schema, defs, &[]);
        self.problems.extend(problems);
        let unique = self.unique_names(&["stage", "figure"]);
        self.unique_names(&["quantizer"]);
        self.unique_names(&["claim"]);
        let profiles = self.profiles();
        self.settings(&options.set);
        let project = self.project();
        let quantizers = self.quantizers();
        let (mut nodes, broken) = self.nodes(
            &quantizers,
            project.as_ref().map_or(0, |project| project.seed),
        );
        if !unique {
            // What a reference means is open until the names are fixed.
            self.problems.into_result()?;
            return Err(Diagnostics::new(&path.display().to_string(), self.source));
        }
        self.inputs(&mut nodes, &broken);
        if let Some(project) = &project {
            self.cells(&project.cells, &profiles, &mut nodes);
        }
        let claims = self.claims(&Known {
            nodes: &nodes,
            broken: &broken,
        });
        self.cycles(&nodes);
        unused.extend(self.unused(&nodes, &claims));
        let mut warnings = Diagnostics::warnings(&path.display().to_string(), self.source);
        if options.strict && self.problems.is_empty() {
            // Beside other problems, what is not used may be a consequence of them.
            self.problems.extend(unused);
        } else {
            warnings.extend(unused);
        }
        let mut nodes = in_running_order(nodes);
        let title = project.as_ref().map_or("", |project| &project.title);
        let documents = self.documents(
            title,
            &claims,
            &Known {
                nodes: &nodes,
                broken: &broken,
            },
        );
        nodes.extend(documents);
        let text = self.problems;
        text.clone().into_result()?;
        let Some(project) = project else {
            return Err(text);
        };
        // Neither another profile nor what is tried takes the place of the project's results.
        let place = match self.profile {
            _ if !options.set.is_empty() => self.root.join(RUNS).join(TRIAL),
            DEFAULT_PROFILE => self.root.clone(),
            profile => self.root.join(RUNS).join(profile),
        };
        Ok(Project {
            file: path.to_owned(),
            profile: self.profile.to_owned(),
            profiles,
            title: project.title,
            tables: place.join(project.tables),
            figures: place.join(project.figures),
            documents: place.join(project.documents),
            results: place,
            warnings,
            written: Written {
                tree: self.written,
                text,
            },
            quantizers: quantizers.into_values().flatten().collect(),
            nodes,
            claims,
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

    /// An item as its type; none if it has problems, which the validation of the file has reported.
    fn item<T: DeserializeOwned>(
        &self,
        definition: &str,
        item: &Toml,
        path: &[String],
        problems: &mut Vec<Diagnostic>,
    ) -> Option<T> {
        let definition = &self.schema["$defs"][definition];
        if !validate(item, definition, &self.schema["$defs"], &[]).is_empty() {
            return None;
        }
        let read = serde_json::from_value(item.json()).map_err(|error| {
            // The schema and the types come from one definition; if they disagree, say so rather than lose the item.
            let message = format!("it cannot be read: {error}");
            problems.push(
                Diagnostic::new(message)
                    .at(item.span.clone())
                    .key(path.join(".")),
            );
        });
        read.ok()
    }

    fn line(&self, node: &Toml) -> usize {
        line_column(self.source, node.span.start).0
    }

    /// Whether no two items of these lists share a name.
    fn unique_names(&mut self, lists: &[&str]) -> bool {
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
        let unique = twice.is_empty();
        self.problems.extend(twice);
        unique
    }

    fn project(&mut self) -> Option<ProjectSpec> {
        let mut problems = Vec::new();
        let path = ["project".to_owned()];
        let item = self.tree.get("project")?;
        let project: Option<ProjectSpec> = self.item("project", item, &path, &mut problems);
        let folders = project.as_ref().map(ProjectSpec::folders);
        let folders = folders
            .as_ref()
            .map_or(&[][..], |folders| folders.as_slice());
        for (index, (key, folder)) in folders.iter().enumerate() {
            let others = folders
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != index);
            let twice = others
                .map(|(_, (_, other))| other)
                .any(|other| Path::new(other) == Path::new(folder));
            let wrong = inside(&self.root, folder).err().map(problem);
            if let Some(wrong) = wrong.or_else(|| taken(folder, twice)) {
                let place = item.get(key).unwrap_or(item);
                let wrong = wrong.at(place.span.clone()).value(*folder);
                problems.push(wrong.key(below(&path, key).join(".")));
            }
        }
        self.problems.extend(problems);
        project
    }

    /// Whether the names of all stages and figures are known.
    fn is_named(&self) -> bool {
        !self.unnamed.contains("stage") && !self.unnamed.contains("figure")
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
        self.problems.extend(problems);
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
        let spec: StageSpec = self.item("stage", item, path, problems)?;
        let kind = self.registry.find_stage(&spec.kind)?;
        let with = item.get("with").unwrap_or(item);
        let stage = self.prepare(
            kind.as_ref(),
            spec.with.clone(),
            with,
            &below(path, "with"),
            problems,
        )?;
        let chosen = choose_quantizers(&*stage, &spec, path, item, quantizers, problems);
        let mut node = node(
            NodeRole::Stage,
            &spec.name,
            spec.about,
            kind.as_ref(),
            stage,
            seed,
        );
        node.line = Some(self.line(item));
        node.item = Some(item.clone());
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
        let spec: FigureSpec = self.item("figure", item, path, problems)?;
        let Some(kind) = self.registry.find_figure() else {
            problems.push(
                Diagnostic::new("this program draws no figures")
                    .at(item.span.clone())
                    .key(path.join(".")),
            );
            return None;
        };
        let figure = self.prepare(kind.as_ref(), spec.params, item, path, problems)?;
        let mut node = node(
            NodeRole::Figure,
            &spec.name,
            spec.about,
            kind.as_ref(),
            figure,
            seed,
        );
        node.line = Some(self.line(item));
        node.item = Some(item.clone());
        Some(node)
    }

    /// Prepares a stage with its parameters.
    fn prepare(
        &self,
        kind: &dyn StageKind,
        params: Map<String, Value>,
        with: &Toml,
        path: &[String],
        problems: &mut Vec<Diagnostic>,
    ) -> Option<Box<dyn Stage>> {
        let what = format!("kind `{}`", kind.name());
        let stage = kind
            .prepare(Value::Object(params))
            .map_err(|error| problems.push(refused(&error, with, path, &what)))
            .ok()?;
        let outputs: Vec<String> = stage.tables().into_iter().chain(stage.numbers()).collect();
        let clash = outputs.iter().enumerate().find(|(index, name)| {
            *name == "numbers"
                || name.contains(['.', '/', '\\'])
                || outputs.iter().take(*index).any(|other| other == *name)
        });
        if let Some((_, name)) = clash {
            let message = format!(
                "{what} names an output `{name}` that is used twice, reserved or not a plain name; correct the kind"
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
}

/// What is wrong with a folder for results inside the project.
fn taken(folder: &str, twice: bool) -> Option<Diagnostic> {
    let mut parts = Path::new(folder).components();
    let first = parts.find_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
        _ => None,
    });
    let taken = match first.as_deref() {
        None => "is the folder of the project itself",
        Some(".mf" | ".git") => "must not be published over",
        Some(RUNS) => "has the results of other profiles",
        _ if twice => "is named twice",
        _ => return None,
    };
    let allowed = "three different folders for tables, figures and documents";
    Some(Diagnostic::new(format!("the folder `{folder}` {taken}")).allowed(allowed))
}

fn node(
    role: NodeRole,
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
        code: kind.code(),
        behaviour: kind.behaviour(),
        about,
        line: None,
        item: None,
        params: stage.params(),
        seed: stage.random().then_some(seed),
        inputs: BTreeMap::new(),
        quantizers: Vec::new(),
        stage,
    }
}

/// A parameter that a kind or a family refuses, at its place.
fn refused(error: &ParamError, with: &Toml, path: &[String], what: &str) -> Diagnostic {
    let place = with.deepest(&error.path);
    let key: Vec<String> = path.iter().chain(&error.path).cloned().collect();
    let mut problem = Diagnostic::new(format!("{what}: {}", error.message))
        .at(place.span.clone())
        .key(key.join("."))
        .value(place.describe());
    problem.allowed.clone_from(&error.allowed);
    problem
}
