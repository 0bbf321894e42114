//! The manuscript: values by the names of claims, numbers and cells; errors that stop the build; stages that run before it.

use crate::common;

use crate::common::{Project, SMALL};

/// The small project with a manuscript, after `mf run`.
fn project(body: &str) -> Project {
    let project = Project::small();
    project.copy("paper/template.typ");
    project.write("paper/paper.typ", &manuscript(body));
    project.mf(&["run"]).with_code(0);
    project
}

/// A manuscript whose line 3 is the first of `body`.
fn manuscript(body: &str) -> String {
    format!("#import \"template.typ\": *\n#show: manuscript.with(title: \"T\")\n{body}\n")
}

fn pdf(project: &Project) -> Vec<u8> {
    std::fs::read(project.path("paper/paper.pdf")).unwrap()
}

#[test]
fn the_pdf_of_reproduce_has_the_same_bytes_every_time() {
    let project = project(
        "#ours(\"exponent\", digits: 3) #theirs(\"exponent\") #depth(\"three-states\")\n\
         #ours(\"three-states\", digits: 2, form: \"scientific\") #claims #count(\"holds\") #claims-table()\n\
         #number(\"fit.slope\", digits: 4) #cell(\"optimum.optima\", \"chi\", states: 8) #value(\"optimum.optima\", \"chi\", states: \"8\")\n\
         #setting(\"optimum\", \"recipe\")\n#image(\"/figures/picture.svg\")",
    );
    project.mf(&["reproduce"]).with_code(0);
    let first = pdf(&project);
    assert!(first.starts_with(b"%PDF"));
    std::fs::remove_file(project.path("paper/paper.pdf")).unwrap();
    project
        .mf(&["paper"])
        .with_code(0)
        .saying(&["paper/paper.pdf is up to date"])
        .complaining_of(&["paper.pdf", "1 pages"]);
    assert_eq!(pdf(&project), first);
    // The PDF has the computed figure, not the edited file.
    project.write(
        "figures/picture.svg",
        "<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
    );
    project.mf(&["paper"]).with_code(0);
    assert_eq!(pdf(&project), first);
}

#[test]
fn a_check_writes_nothing() {
    let project = project("Text.");
    let pdf = project.path("paper/paper.pdf");
    std::fs::remove_file(&pdf).unwrap();
    project
        .mf(&["paper", "--check"])
        .with_code(0)
        .saying(&["paper/paper.pdf has no errors"])
        .complaining_of(&["1 pages"]);
    assert!(!pdf.exists());
}

#[test]
fn errors_of_the_manuscript_name_their_place() {
    let project = project("");
    let before = pdf(&project);
    for (body, complaints) in [
        (
            "\n#ours(\"exponnt\")",
            &["no claim `exponnt`", "exponent", "paper.typ:4:"][..],
        ),
        (
            "#ours(\"fit.exponent\")",
            &[
                "`fit.exponent` is not the name of a claim",
                "#number(",
                "paper.typ:3:",
            ],
        ),
        (
            "#theirs(\"exponent\", digits: 3)",
            &["`exponent` is given as 1.82", "no 3 digits", "paper.typ:3:"],
        ),
        (
            "#number(\"fit.exponnt\")",
            &["no number `fit.exponnt`", "mf explain", "paper.typ:3:"],
        ),
        (
            "#cell(\"optimum.optim\", \"chi\", states: 8)",
            &["no table `optimum.optim`", "paper.typ:3:"],
        ),
        (
            "#cell(\"optimum.optima\", \"ch\", states: 8)",
            &["has no column `ch`", "chi", "paper.typ:3:"],
        ),
        (
            "#cell(\"optimum.optima\", \"chi\", states: 9)",
            &["0 rows of `optimum.optima` have states = 9", "paper.typ:3:"],
        ),
        (
            "#cell(\"optimum.optima\", \"chi\")",
            &["4 rows of `optimum.optima`", "not one", "paper.typ:3:"],
        ),
        (
            "#setting(\"optimum\", \"widht\")",
            &["no parameter `widht`", "paper.typ:3:"],
        ),
        ("#setting(\"optimun\", \"states\")", &["no stage `optimun`"]),
        (
            "#image(\"/figures/none.svg\")",
            &["figures/none.svg", "paper.typ:3:"],
        ),
        ("#let", &["paper.typ:3:"]),
    ] {
        project.write("paper/paper.typ", &manuscript(body));
        project
            .mf(&["paper"])
            .with_code(1)
            .complaining_of(complaints);
    }
    // The last good PDF is still there.
    assert_eq!(pdf(&project), before);
}

#[test]
fn results_of_another_profile_are_quoted_from_their_files() {
    let file = "runs/other/data/tables/fit/numbers.json";
    let published = format!("\n[document.paper]\npublished = [\"{file}\"]\n");
    let project = Project::new(&(SMALL.to_owned() + &published));
    project.copy("paper/template.typ");
    let body = "#assert.eq(number(\"other/fit.slope\"), \"−0.50\")";
    project.write("paper/paper.typ", &manuscript(body));
    project
        .mf(&["paper"])
        .with_code(2)
        .complaining_of(&[file, "document.paper.published"]);
    project.write(file, "[{ \"name\": \"slope\", \"value\": -0.5 }]");
    project.mf(&["paper"]).with_code(0);
    project.write(
        "paper/paper.typ",
        &manuscript("#number(\"other/fit.slop\")"),
    );
    let ended = project.mf(&["paper"]).with_code(1);
    ended.complaining_of(&["no number `other/fit.slop`"]);
}

#[test]
fn stages_that_it_needs_run_first_if_they_are_not_up_to_date() {
    let project = Project::small();
    project.copy("paper/template.typ");
    project.write("paper/paper.typ", &manuscript("#ours(\"exponent\")"));
    project.mf(&["paper"]).with_code(0).complaining_of(&[
        "paper.pdf needs results that are not up to date; these run first: optimum, ",
        "1 pages",
    ]);
    let changed = project
        .read("pipeline.toml")
        .replace("[4, 8, 16, 32]", "[4, 8, 16]");
    project.write("pipeline.toml", &changed);
    let again = project.mf(&["paper", "--quiet"]).with_code(0);
    assert!(again.err.contains("optimum, fit"), "{}", again.err);
    project.mf(&["paper"]).with_code(0);
    project
        .mf(&["plan", "paper.pdf"])
        .with_code(0)
        .saying(&["5 fresh"]);
}

#[test]
fn a_project_without_a_manuscript_is_allowed() {
    let project = Project::small();
    project.mf(&["reproduce"]).with_code(0);
    project
        .mf(&["paper"])
        .with_code(2)
        .complaining_of(&["paper.typ", "mf paper --help"]);
}

/// The text is written for the default profile: in another profile a row may be missing.
#[test]
fn a_value_that_a_profile_does_not_have_is_a_dash() {
    let project = project("#cell(\"optimum.optima\", \"chi\", states: 32)");
    project.mf(&["paper"]).with_code(0);
    let less = "[profile.less.optimum]\nstates = [4, 8, 16]\n";
    project.write("pipeline.toml", &format!("{}\n{less}", common::SMALL));
    let less = ["--profile", "less"];
    project.mf(&[&["paper"], &less[..]].concat()).with_code(0);
    assert!(project.path("runs/less/paper/paper.pdf").exists());
}
