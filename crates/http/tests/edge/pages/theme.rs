//! A folder that makes the pages a team's own.

use std::{fs, path::Path, sync::Arc};

use actix_web::{http::header, test::TestRequest};
use doorward_http::Theme;
use tempfile::TempDir;

use super::open;
use crate::{answer::Answer, harness::TestEdge};

const LOGO: &str = r#"<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>"#;

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    folder
}

/// An edge that is themed by these files.
fn themed(files: &[(&str, &str)]) -> TestEdge {
    let mut edge = TestEdge::new();
    edge.settings.theme = Arc::new(Theme::load("The product", Some(folder(files).path())).expect("a theme"));
    edge
}

/// What is wrong with a folder, without the folder's own name.
fn refusal(files: &[(&str, &str)]) -> String {
    let folder = folder(files);
    let error = Theme::load("The product", Some(folder.path())).expect_err("refused").to_string();
    error.replace(&format!("{}/", folder.path().display()), "")
}

/// The sign-in page, as a browser gets it that asks for this language.
async fn sign_in(edge: &TestEdge, language: &str) -> Answer {
    let request = TestRequest::get().uri("/login").insert_header((header::ACCEPT_LANGUAGE, language));
    edge.call(request).await.expect(200)
}

/// Where a page's tag that begins like this says that its file is.
fn file(page: &Answer, tag: &str) -> String {
    let rest = page.text.split_once(tag).unwrap_or_else(|| panic!("no {tag} in {}", page.text)).1;
    rest.split('"').next().expect("an attribute").to_owned()
}

fn stylesheet(page: &Answer) -> String {
    file(page, "<link rel=\"stylesheet\" href=\"")
}

fn logo(page: &Answer) -> String {
    file(page, "<img class=\"logo\" src=\"")
}

#[actix_web::test]
async fn without_a_folder_the_pages_are_the_built_in_ones() {
    let mut edge = TestEdge::new();
    edge.settings.theme = Arc::new(Theme::load("The product", None).expect("a theme"));
    let page = sign_in(&edge, "en").await;
    assert!(page.text.contains("<title>Sign in · The product</title>"), "{}", page.text);
    let empty = sign_in(&themed(&[]), "en").await;
    assert_eq!((stylesheet(&page), logo(&page)), (stylesheet(&empty), logo(&empty)), "of an empty folder");
}

#[actix_web::test]
async fn the_folders_name_takes_the_place_of_the_products() {
    let page = sign_in(&themed(&[("theme.toml", "name = \"Ann & <Co>\"")]), "en").await;
    assert!(page.text.contains("<title>Sign in · Ann &#38; &#60;Co&#62;</title>"), "{}", page.text);
    let page = sign_in(&themed(&[("theme.toml", "")]), "en").await;
    assert!(page.text.contains("<title>Sign in · The product</title>"), "{}", page.text);
}

#[actix_web::test]
async fn the_folders_stylesheet_comes_after_the_built_in_one() {
    let edge = themed(&[("theme.css", ":root { --accent: #0b6e4f; }")]);
    let path = stylesheet(&sign_in(&edge, "en").await);
    let sheet = open(&edge, &path).await.expect(200);
    assert_eq!(sheet.header("content-type"), Some("text/css; charset=utf-8"));
    assert!(sheet.text.starts_with("/*\n * How the pages of doorward look."), "{}", sheet.text);
    assert!(sheet.text.ends_with("\n:root { --accent: #0b6e4f; }"), "{}", sheet.text);
}

#[actix_web::test]
async fn other_contents_have_another_name_and_the_old_one_leads_nowhere() {
    let [green, blue] = ["green", "blue"].map(|colour| themed(&[("theme.css", colour), ("logo.svg", colour)]));
    let (one, other) = (sign_in(&green, "en").await, sign_in(&blue, "en").await);
    for name in [stylesheet, logo] {
        assert_ne!(name(&one), name(&other));
        let kept = open(&green, &name(&one)).await.expect(200);
        assert_eq!(kept.header("cache-control"), Some("public, max-age=31536000, immutable"));
        open(&blue, &name(&one)).await.expect(404);
    }
}

#[actix_web::test]
async fn a_logo_is_drawn_and_runs_nothing() {
    let edge = themed(&[("logo.svg", LOGO)]);
    let page = sign_in(&edge, "en").await;
    let logo = open(&edge, &logo(&page)).await.expect(200);
    assert_eq!(logo.text, LOGO);
    assert_eq!(logo.header("content-type"), Some("image/svg+xml"));
    let policy = logo.header("content-security-policy").expect("a policy");
    let rules: Vec<_> = policy.split(';').map(str::trim).collect();
    assert!(rules.contains(&"default-src 'none'") && rules.contains(&"sandbox"), "{policy}");
    assert!(!policy.contains("script"), "{policy}");
    let pixels = themed(&[("logo.png", "pixels")]);
    let page = sign_in(&pixels, "en").await;
    let logo = open(&pixels, &file(&page, "<img class=\"logo\" src=\"")).await.expect(200);
    assert_eq!((logo.header("content-type"), &*logo.text), (Some("image/png"), "pixels"));
}

#[actix_web::test]
async fn a_text_replaces_its_like_and_no_other() {
    let edge = themed(&[("texts/de.toml", "[log_in]\ntitle = \"Zur Tür\"")]);
    let (german, english) = (sign_in(&edge, "de-AT,de;q=0.9").await, sign_in(&edge, "en").await);
    assert_eq!(german.heading(), "Zur Tür");
    assert!(german.text.contains("Passwort vergessen?"), "{}", german.text);
    assert_eq!(english.heading(), "Sign in");
}

#[actix_web::test]
async fn a_language_more_is_offered_and_what_it_lacks_is_said_in_english() {
    let french = "[shell]\nlanguage_name = \"Français\"\n[log_in]\ntitle = \"Connexion\"";
    let edge = themed(&[("texts/fr.toml", french), ("texts/README.md", "not read")]);
    let page = sign_in(&edge, "fr-CA,fr;q=0.9,de;q=0.8").await;
    assert_eq!(page.heading(), "Connexion");
    assert!(page.text.contains("<html lang=\"fr\"") && page.text.contains("Forgotten your password?"), "{}", page.text);
    let english = sign_in(&edge, "en").await;
    assert!(english.text.contains("value=\"fr\" lang=\"fr\">Français</button>"), "{}", english.text);
    let chosen = edge.submit("/language", &[("language", "fr"), ("returnTo", "/login")]).await.expect(303);
    assert_eq!(chosen.set_cookies(), ["lang=fr; HttpOnly; SameSite=Lax; Path=/; Max-Age=31536000"]);
    let again = TestRequest::get().uri("/login").insert_header((header::COOKIE, "lang=fr"));
    assert_eq!(edge.call(again.insert_header((header::ACCEPT_LANGUAGE, "de"))).await.heading(), "Connexion");
}

#[test]
fn a_mistake_is_told_with_its_file() {
    for (name, text, word) in [
        ("texts/de.toml", "[log_in]\ntittle = \"x\"", "unknown field `tittle`"),
        ("texts/fr.toml", "[login]\ntitle = \"x\"", "unknown field `login`"),
        ("texts/fr.toml", "[log_in]\ntitle = 1", "expected a string"),
        ("texts/en.toml", "[log_in]\ntitle = \"x", "line 2"),
        ("theme.toml", "nmae = \"x\"", "unknown field `nmae`"),
        ("theme.toml", "name = x", "line 1"),
    ] {
        let told = refusal(&[(name, text)]);
        assert!(told.starts_with(&format!("{name}: ")) && told.contains(word), "{told}");
    }
}

#[test]
fn what_cannot_be_read_is_told() {
    let told = Theme::load("x", Some(Path::new("/nowhere/at/all"))).expect_err("refused").to_string();
    assert!(told.starts_with("/nowhere/at/all cannot be read: "), "{told}");
    let folder = folder(&[("theme.css/a", ""), ("texts/de.toml", "")]);
    let told = Theme::load("x", Some(folder.path())).expect_err("refused").to_string();
    assert!(told.contains("theme.css cannot be read: "), "{told}");
    fs::remove_dir_all(folder.path().join("theme.css")).expect("removed");
    fs::write(folder.path().join("texts/de.toml"), b"[log_in]\ntitle = \"\xfc\"").expect("a file");
    let told = Theme::load("x", Some(folder.path())).expect_err("refused").to_string();
    assert!(told.contains("de.toml cannot be read: "), "{told}");
}
