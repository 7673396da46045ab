//! Nothing of the test server is in the real one: it is not linked, not compiled in, and not served.

use std::{collections::BTreeSet, fs, path::Path};

use cargo_metadata::{CargoOpt, DependencyKind, Metadata, MetadataCommand, PackageId};
use doorward::{serve, wire::Wiring};
use doorward_infrastructure::store::scratch::ScratchDatabase;
use doorward_settings::Sources;
use doorward_test::control;
use reqwest::Client;

use crate::stage::{Stage, binary};

/// The packages of the workspace that a package is built with, whatever features are on.
fn built_with(metadata: &Metadata, name: &str) -> BTreeSet<String> {
    let resolve = metadata.resolve.as_ref().expect("the graph");
    let name_of = |id: &PackageId| metadata[id].name.to_string();
    let root = metadata.workspace_members.iter().find(|id| name_of(id) == name).expect("a member");
    let (mut found, mut next) = (BTreeSet::new(), vec![root.clone()]);
    while let Some(id) = next.pop() {
        if !found.insert(id.clone()) {
            continue;
        }
        let node = resolve.nodes.iter().find(|node| node.id == id).expect("a node");
        let is_built =
            |kinds: &[cargo_metadata::DepKindInfo]| kinds.iter().any(|kind| kind.kind != DependencyKind::Development);
        next.extend(node.deps.iter().filter(|dep| is_built(&dep.dep_kinds)).map(|dep| dep.pkg.clone()));
    }
    found.iter().map(name_of).collect()
}

#[test]
fn the_real_server_is_built_without_the_test_server_and_without_fakes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace").join("Cargo.toml");
    let mut command = MetadataCommand::new();
    command.manifest_path(root).features(CargoOpt::AllFeatures).other_options(["--offline".to_owned()]);
    let metadata = command.exec().expect("cargo metadata");
    let real = built_with(&metadata, "doorward");
    let test = built_with(&metadata, "doorward-test");
    for package in ["doorward-test", "doorward-testkit"] {
        assert!(test.contains(package), "the search finds {package} where it is");
        assert!(!real.contains(package), "doorward is built with {package}");
    }
    assert!(test.contains("doorward"), "the test server is the real one");
}

#[test]
fn no_route_of_the_test_server_is_compiled_into_the_real_one() {
    let has = |name: &str, text: &str| {
        let program = fs::read(binary(name)).expect("the binary is there");
        program.windows(text.len()).any(|window| window == text.as_bytes())
    };
    for text in [control::PREFIX, "/snapshots/{name}/restore", "--until-stdin-closes".trim_start_matches('-')] {
        assert!(has("doorward-test", text), "the search finds {text} where it is");
        assert!(!has("doorward", text), "{text} is in the real binary");
    }
}

#[tokio::test]
async fn every_route_of_the_test_server_is_404_at_the_real_one_and_at_the_products_address() {
    let database = ScratchDatabase::sqlite();
    let settings = [
        ("HTTP__ADDRESS", "127.0.0.1:0"),
        ("DATABASE__URL", database.url()),
        ("SECRETS__MASTER", "a master secret for tests, which is long enough"),
    ];
    let settings = doorward_settings::load(Sources {
        dir: "no folder".into(),
        env_name: Sources::DEVELOPMENT.to_owned(),
        environment: settings.iter().map(|(key, value)| (format!("DOORWARD__{key}"), (*value).to_owned())).collect(),
    })
    .expect("the settings are good");
    let real = serve::start(&settings, &Wiring { background: false, ..Wiring::default() }).await.expect("it starts");
    let stage = Stage::new().await;
    let client = Client::new();
    for row in control::table() {
        let path = row.path.replace("{name}", "a");
        for base in [format!("http://{}", real.addr), stage.server.url().to_owned()] {
            for path in [
                format!("{}{path}", control::PREFIX),
                if path.is_empty() { "/_test/".to_owned() } else { path.clone() },
            ] {
                let asked = client.request(row.method.as_str().parse().expect("a method"), format!("{base}{path}"));
                let status = asked.send().await.expect("an answer").status();
                assert_eq!(status, 404, "{} {base}{path}", row.method);
            }
        }
    }
    // And the other way round: the second address has nothing of doorward's.
    let (status, _) = stage.control(reqwest::Method::GET, "/../auth/me", None).await;
    assert_eq!(status, 404);
    real.abort().await.expect("it stops");
}

#[tokio::test]
async fn a_page_of_a_browser_cannot_call_the_second_address() {
    let server = std::sync::Arc::new(doorward_testkit::server::TestServer::start().await.expect("it starts"));
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}{}/reset", listener.local_addr().expect("an address"), control::PREFIX);
    tokio::spawn(control::serve(listener, server).expect("it listens"));
    let post = || Client::new().post(&url);
    assert_eq!(post().header("origin", "https://evil.example").send().await.expect("an answer").status(), 403);
    assert_eq!(post().send().await.expect("an answer").status(), 204);
}
