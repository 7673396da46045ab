//! A PostgreSQL of a test's own, which can be stopped: others use the one that the tests run beside.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use rustix::process::{Signal, kill_process};
use sea_orm::{ConnectionTrait as _, Database, Statement};

use crate::harness::pid;

pub(crate) struct OwnPostgres {
    script: Child,
    pub(crate) url: String,
    /// The folder of its data.
    data: String,
}

impl OwnPostgres {
    /// Starts one.
    pub(crate) async fn start() -> Self {
        let mut script = with_postgres()
            .args(["bash", "-c", "echo \"$DOORWARD_TEST_POSTGRES_URL\"; exec sleep infinity"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("bash");
        let mut url = String::new();
        let output = script.stdout.take().expect("an output");
        BufReader::new(output).read_line(&mut url).expect("a line");
        let url = url.trim().to_owned();
        assert!(url.starts_with("postgres://"), "no PostgreSQL: {url:?}");
        let rows = Database::connect(&url).await.expect("it answers");
        let statement = Statement::from_string(rows.get_database_backend(), "SHOW data_directory");
        let row = rows.query_one_raw(statement).await.expect("the query is good").expect("a row");
        let data = row.try_get_by_index(0).expect("a path");
        Self { script, url, data }
    }

    /// Ends it, as a crash would.
    pub(crate) fn stop(&self) {
        self.control(&["stop", "-m", "immediate"]);
    }

    /// Starts it again, at the same place, and waits until it takes connections.
    pub(crate) fn start_again(&self) {
        self.control(&["restart", "-w", "-l", &format!("{}/server.log", self.data)]);
    }

    fn control(&self, arguments: &[&str]) {
        let control = with_postgres().arg("--control").args(arguments).args(["-s", "-D", &self.data]).status();
        assert!(control.expect("bash").success(), "pg_ctl {arguments:?}");
    }
}

impl Drop for OwnPostgres {
    fn drop(&mut self) {
        // It ends the server, and removes what it has made.
        let _ = kill_process(pid(&self.script), Signal::TERM);
        let _ = self.script.wait();
    }
}

fn with_postgres() -> Command {
    let mut command = Command::new("bash");
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("with-postgres.sh"));
    // The one that is there already is nobody's own.
    command.env_remove("DOORWARD_TEST_POSTGRES_URL");
    command
}
