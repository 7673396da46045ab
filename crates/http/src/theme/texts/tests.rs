//! The built-in languages say everything, and what they say is looked up by what was refused.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use doorward_domain::{
    Rejection, Role,
    audit::AuditKind,
    session::{Device, UserAgent},
};

use super::{BUILT_IN, Texts};
use crate::problem::{Code, FieldProblem};

/// The sections of which English may leave out what it says otherwise: the sentences are the domain's and the codes'.
const SAID_IN_CODE: [&str; 4] = ["problems", "problem_titles", "rejections", "expected"];
/// What pages refuse by a code that is no word of the domain's.
const OF_FORMS: [&str; 2] = ["unknown_field", "wrong_type"];

type Language = BTreeMap<String, BTreeMap<String, String>>;

fn language(tag: &str) -> Language {
    let (_, text) = BUILT_IN.iter().find(|(built_in, _)| *built_in == tag).expect("a built-in language");
    toml::from_str(text).expect("sections of texts")
}

fn german() -> Texts {
    Texts::read("de", &BUILT_IN.map(|(_, texts)| texts)).expect("whole texts")
}

fn keys(language: &Language, section: &str) -> BTreeSet<String> {
    language[section].keys().cloned().collect()
}

fn names<'n>(names: impl IntoIterator<Item = &'n str>) -> BTreeSet<String> {
    names.into_iter().map(str::to_owned).collect()
}

fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).map(|rest| rest.split_once('}').expect("a brace is closed").0).collect()
}

fn rejected(rejection: Rejection) -> FieldProblem {
    doorward_application::FieldError { field: "name", rejection }.into()
}

/// The literals that follow this in a source.
fn literals_of(source: &str, before: &str) -> BTreeSet<String> {
    let before = format!("{before}\"");
    let found = source.split(&before).skip(1);
    found.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

/// The same in every source of a folder.
fn literals(folder: &Path, before: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).expect("a folder of sources").map(|entry| entry.expect("an entry").path());
    let of = |path: PathBuf| {
        if path.is_dir() {
            return literals(&path, before);
        }
        literals_of(&fs::read_to_string(&path).expect("a source"), before)
    };
    entries.flat_map(of).collect()
}

#[test]
fn every_language_says_the_same() {
    let english = language("en");
    for (tag, _) in BUILT_IN {
        let other = language(tag);
        assert_eq!(other.keys().collect::<Vec<_>>(), english.keys().collect::<Vec<_>>(), "{tag}");
        for (section, texts) in &english {
            if SAID_IN_CODE.contains(&section.as_str()) {
                assert!(texts.keys().all(|key| other[section].contains_key(key)), "{tag}: [{section}]");
            } else {
                assert_eq!(keys(&other, section), keys(&english, section), "{tag}: [{section}]");
            }
        }
    }
}

#[test]
fn no_text_is_empty_and_what_is_filled_in_is_the_same_everywhere() {
    let english = language("en");
    for (tag, _) in BUILT_IN {
        for (section, texts) in language(tag) {
            for (key, text) in texts {
                assert!(!text.is_empty() && text.trim() == text, "{tag}: {section}.{key} is {text:?}");
                if let Some(said) = english[&section].get(&key) {
                    assert_eq!(placeholders(&text), placeholders(said), "{tag}: {section}.{key}");
                }
            }
        }
    }
}

#[test]
fn every_language_has_a_word_for_every_role_and_kind() {
    for (tag, _) in BUILT_IN {
        let texts = language(tag);
        assert_eq!(keys(&texts, "roles"), names(Role::ALL.map(Role::as_str)), "{tag}");
        assert_eq!(keys(&texts, "audit_kinds"), names(AuditKind::ALL.map(AuditKind::as_str)), "{tag}");
    }
}

#[test]
fn every_refusal_is_said_in_german() {
    let german = language("de");
    let codes = names(Code::ALL.iter().map(|code| code.as_str()));
    assert_eq!(keys(&german, "problems"), codes);
    assert_eq!(keys(&german, "problem_titles"), codes);
    let rejections = literals_of(include_str!("../../../../domain/src/rejection.rs"), " => ");
    assert!(rejections.contains(Rejection::Required.code()), "the source was read: {rejections:?}");
    assert_eq!(keys(&german, "rejections"), rejections.into_iter().chain(names(OF_FORMS)).collect());
}

#[test]
fn every_form_that_a_word_can_have_is_said_in_german() {
    let mut forms = BTreeSet::new();
    for folder in ["../domain/src", "../application/src", "src"] {
        for sign in [": ", " = "] {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
            forms.extend(literals(&folder, &format!("expected{sign}")));
        }
    }
    assert!(forms.contains("an email address") && forms.len() > 5, "the sources were read: {forms:?}");
    // Its list is put together by a macro.
    let Err(Rejection::Malformed { expected }) = Role::parse("NOBODY") else { panic!("there is no such role") };
    forms.insert(expected.to_owned());
    assert_eq!(keys(&language("de"), "expected"), forms);
}

#[test]
fn what_was_refused_is_filled_in() {
    let german = german();
    let says = |rejection| german.rejection(&rejected(rejection));
    assert_eq!(says(Rejection::Required), "Das wird benötigt.");
    assert_eq!(says(Rejection::TooShort { min: 15 }), "Das muss mindestens 15 Zeichen haben.");
    assert_eq!(says(Rejection::TooLong { max: 64 }), "Das darf höchstens 64 Zeichen haben.");
    assert_eq!(says(Rejection::TooMany { max: 50 }), "Das dürfen höchstens 50 Einträge sein.");
    let expected = "an email address";
    assert_eq!(says(Rejection::Malformed { expected }), "Erwartet wird: eine E-Mail-Adresse.");
    assert_eq!(german.problem(Code::Forbidden), "Das dürfen Sie nicht.");
    assert_eq!(german.problem_title(Code::NotFound), "Nicht gefunden");
}

#[test]
fn what_no_word_refused_is_said_by_its_code_or_as_it_came() {
    let says = |code: &str| {
        let (field, code, message) = ("name".to_owned(), code.to_owned(), "As it came.".to_owned());
        german().rejection(&FieldProblem { field, code, message, rejection: None })
    };
    assert_eq!(says("unknown_field"), "Dieses Feld gibt es hier nicht.");
    assert_eq!(says(""), "As it came.");
    assert_eq!(says("malformed"), "As it came.", "nobody knows what to fill in");
}

#[test]
fn english_says_what_the_code_says() {
    let english = Texts::read("en", &[BUILT_IN[0].1]).expect("whole texts");
    for &code in Code::ALL {
        assert_eq!((english.problem(code), english.problem_title(code)), (code.message(), code.title()));
    }
    let rejection = Rejection::Malformed { expected: "an email address" };
    assert_eq!(english.rejection(&rejected(rejection)), "This must be an email address.");
}

#[test]
fn texts_that_are_none_are_named() {
    let why = |own: &str| Texts::read("en", &[BUILT_IN[0].1, own]).expect_err("refused").to_string();
    assert!(why("[log_in]\ntittle = \"Enter\"").contains("`tittle`"));
    assert!(why("[login]\ntitle = \"Enter\"").contains("`login`"));
    assert!(why("[log_in]\ntitle = 1").contains("expected a string"));
    assert!(why("[log_in]\ntitle = \"Enter").contains("line 2"));
    assert!(Texts::read("fr", &[]).expect_err("nothing is said").to_string().contains("missing field"));
}

#[test]
fn a_device_is_called_in_the_language_of_the_page() {
    let device = |agent: &str| Device { user_agent: UserAgent::keep(agent), ip_address: None };
    let firefox = device("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
    assert_eq!(german().device(&firefox), "Firefox auf Linux");
    assert_eq!(german().device(&device("my-app/1.2")), "my-app");
    assert_eq!(german().device(&device("")), "Unbekanntes Gerät");
}
