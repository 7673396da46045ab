//! What the README tells people to type, and what it says they will see.

use std::process::Command;

use doorward_infrastructure::store::scratch::ScratchDatabase;
use regex::Regex;

use crate::processes::Process;

const README: &str = include_str!("../../README.md");

/// The blocks of code under "The five flows" in this language, one after the other.
fn blocks(language: &str) -> String {
    let flows =
        README.split("## The five flows").nth(1).and_then(|rest| rest.split("\n## ").next()).expect("the flows");
    let fence = format!("```{language}\n");
    flows.split(&fence).skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

/// What is another in every run, shortened as the README shortens it.
fn shortened(text: &str) -> String {
    let rules = [
        ("eyJ[A-Za-z0-9_.-]+", "eyJ…"),
        ("dwr_[A-Za-z0-9_-]+", "dwr_…"),
        ("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "…"),
        ("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z", "…"),
    ];
    rules.iter().fold(text.to_owned(), |text, (pattern, short)| {
        Regex::new(pattern).expect("a pattern").replace_all(&text, *short).into_owned()
    })
}

#[tokio::test]
async fn the_flows_of_the_readme_answer_as_it_says() {
    let dir = tempfile::tempdir().expect("a folder");
    let database = ScratchDatabase::sqlite();
    let process = Process::start(dir.path(), database.url()).await;
    let script = blocks("sh").replace("http://127.0.0.1:8080", process.url());
    // Each answer on a line of its own, as the README shows them.
    let script = format!("set -eu\ncurl() {{ command curl -w '\\n' \"$@\"; }}\n{script}");
    let shell = Command::new("bash").args(["-c", &script]).current_dir(dir.path()).output().expect("a shell");
    let told = String::from_utf8_lossy(&shell.stdout);
    assert!(shell.status.success(), "{told}{}", String::from_utf8_lossy(&shell.stderr));
    assert_eq!(shortened(&told), blocks("json"));
}
