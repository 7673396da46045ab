//! Several nodes on one database.

use std::process::Output;

use doorward_infrastructure::store::scratch::ScratchDatabase;
use futures_util::future::join_all;
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, Statement};
use tempfile::TempDir;

use super::{
    node::{self, Node},
    person::{PASSWORD, Person},
};

/// Settings of one node, each `SECTION__KEY` and value.
type Given<'a> = &'a [(&'a str, &'a str)];

/// Nodes on a database of their own.
pub(crate) struct Fleet {
    pub(crate) nodes: Vec<Node>,
    settings: Vec<(String, String)>,
    dir: TempDir,
    database: ScratchDatabase,
}

impl Fleet {
    /// So many nodes on PostgreSQL.
    pub(crate) async fn start(count: usize) -> Self {
        Self::start_with(count, &[]).await
    }

    /// The same with other settings than those of development.
    pub(crate) async fn start_with(count: usize, settings: Given<'_>) -> Self {
        let mut fleet = Self::without_nodes(ScratchDatabase::postgres().await, settings);
        fleet.add(&vec![[].as_slice(); count]).await;
        fleet
    }

    /// A database on which nobody serves yet.
    pub(crate) fn without_nodes(database: ScratchDatabase, settings: Given<'_>) -> Self {
        let settings = [&[("DATABASE__URL", database.url())], settings].concat();
        let dir = tempfile::tempdir().expect("a folder");
        Self { nodes: Vec::new(), settings: owned(&settings), dir, database }
    }

    /// Starts nodes at once, each with settings of its own besides, and waits until they are ready.
    pub(crate) async fn add(&mut self, each: &[Given<'_>]) {
        for settings in each {
            let dir = self.dir.path().join(self.nodes.len().to_string());
            std::fs::create_dir(&dir).expect("a folder");
            self.nodes.push(Node::launch(dir, [self.settings.clone(), owned(settings)].concat()));
        }
        join_all(self.nodes.iter().map(Node::ready)).await;
    }

    pub(crate) fn database_url(&self) -> &str {
        self.database.url()
    }

    /// The database, opened behind the nodes' backs.
    pub(crate) async fn rows(&self) -> DatabaseConnection {
        Database::connect(self.database.url()).await.expect("the database answers")
    }

    /// Runs `doorward` with these arguments on the database, in a process that is none of the nodes.
    pub(crate) fn command(&self, arguments: &[&str]) -> Output {
        let mut command = node::doorward(self.dir.path(), &self.settings);
        command.args(arguments).env("DOORWARD_ADMIN_PASSWORD", PASSWORD).output().expect("the binary starts")
    }

    /// The same, while others go on.
    pub(crate) async fn command_beside(&self, arguments: &[&str]) -> Output {
        let mut command = tokio::process::Command::from(node::doorward(self.dir.path(), &self.settings));
        command.args(arguments).output().await.expect("the binary starts")
    }

    /// What the nodes have logged that is out of the ordinary: to be told when a test fails.
    pub(crate) fn troubles(&self) -> String {
        let logs: Vec<String> = self.nodes.iter().map(Node::log).collect();
        let lines = logs.iter().flat_map(|log| log.lines());
        lines.filter(|line| !line.contains("\"level\":\"INFO\"")).collect::<Vec<_>>().join("\n")
    }

    /// An administrator, signed in at the first node.
    pub(crate) async fn admin(&self) -> Person {
        let names = ["--email", "root@example.com", "--first-name", "Root", "--last-name", "Admin"];
        let made = self.command(&[&["create-admin"], names.as_slice()].concat());
        assert!(made.status.success(), "{made:?}");
        self.nodes[0].sign_in("root@example.com").await
    }
}

/// The one number that is asked for.
pub(crate) async fn number(rows: &DatabaseConnection, question: &str) -> i64 {
    let statement = Statement::from_string(rows.get_database_backend(), question);
    let row = rows.query_one_raw(statement).await.expect("the query is good").expect("a row");
    row.try_get_by_index(0).expect("a number")
}

fn owned(settings: Given<'_>) -> Vec<(String, String)> {
    settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}
