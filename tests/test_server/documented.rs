//! What docs/topics/testing-your-product.md tells people to type.

use std::{fs, process::Command};

use crate::stage::binary;

const PAGE: &str = include_str!("../../docs/topics/testing-your-product.md");

/// The one block of code of the page in this language.
fn block(language: &str) -> &'static str {
    let fence = format!("```{language}\n");
    let mut blocks = PAGE.split(&fence).skip(1).filter_map(|rest| rest.split("```").next());
    let block = blocks.next().unwrap_or_else(|| panic!("there is no {language}"));
    assert_eq!(blocks.next(), None, "there is one {language}");
    block
}

/// Runs a block as a file of this name, with `doorward-test` where a shell finds it.
fn run(language: &str, file: &str, program: &[&str]) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join(file), block(language)).expect("it is written");
    let binary = binary("doorward-test");
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", binary.parent().expect("a folder").display());
    #[expect(clippy::disallowed_methods, reason = "a test has no settings; where programs are, the shell knows")]
    let path = std::env::var("PATH").map_or_else(|_| path.clone(), |rest| format!("{path}:{rest}"));
    let ran = Command::new(program[0])
        .args(&program[1..])
        .arg(file)
        .current_dir(folder.path())
        .env("PATH", path)
        .env_remove("DOORWARD_ENV")
        .output()
        .expect("it runs");
    let told = format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success(), "{told}");
}

#[test]
fn the_example_in_rust_is_the_one_that_is_tested() {
    assert_eq!(block("rust"), include_str!("example.rs"));
}

#[test]
fn the_example_in_javascript_runs() {
    run("js", "auth.test.mjs", &["node", "--test"]);
}

#[test]
fn the_example_in_python_runs() {
    run("python", "test_auth.py", &["python3"]);
}

#[test]
fn the_example_in_a_shell_runs() {
    run("sh", "session.sh", &["bash", "-eu"]);
}
