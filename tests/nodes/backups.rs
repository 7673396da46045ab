//! Backups of a SQLite database, and the way back.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::Output,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
};

use doorward_infrastructure::store::scratch::ScratchDatabase;
use futures_util::future::join_all;

use crate::harness::{Fleet, patience, until};

async fn one() -> Fleet {
    let mut fleet = Fleet::without_nodes(ScratchDatabase::sqlite(), &[]);
    fleet.add(&[&[]]).await;
    fleet
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

#[track_caller]
fn done(output: &Output) {
    assert!(output.status.success(), "{}", said(output));
}

/// It exits with 1 and says this.
#[track_caller]
fn refused(output: &Output, because: &str) {
    assert_eq!(output.status.code(), Some(1), "{}", said(output));
    assert!(said(output).contains(because), "{}", said(output));
}

fn text(path: &Path) -> &str {
    path.to_str().expect("Unicode")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_that_is_made_while_others_write_holds_all_that_was_acknowledged_before_it() {
    const WRITERS: usize = 8;
    let fleet = one().await;
    let folder = tempfile::tempdir().expect("a folder");
    let backup = folder.path().join("backup.db");
    let node = &fleet.nodes[0];
    let (enough, acknowledged) = (AtomicBool::new(false), AtomicUsize::new(0));
    let (enough, acknowledged) = (&enough, &acknowledged);
    let writer = |writer: usize| async move {
        let mut mine = Vec::new();
        while !enough.load(Ordering::Relaxed) {
            let email = format!("person-{writer}-{}@example.com", mine.len());
            node.sign_up(&email).await;
            mine.push(email);
            acknowledged.fetch_add(1, Ordering::Relaxed);
        }
        mine
    };
    let observed = async {
        let some = async || acknowledged.load(Ordering::Relaxed) >= 4 * WRITERS;
        until("there is something", patience(), some).await;
        // One during which somebody has written.
        loop {
            let before = acknowledged.load(Ordering::Relaxed);
            done(&fleet.command_beside(&["backup", text(&backup)]).await);
            if acknowledged.load(Ordering::Relaxed) > before {
                enough.store(true, Ordering::Relaxed);
                break before;
            }
            fs::remove_file(&backup).expect("a file");
        }
    };
    let (people, before) = tokio::join!(join_all((0..WRITERS).map(writer)), observed);
    assert_eq!(fs::metadata(&backup).expect("a file").permissions().mode() & 0o777, 0o600);
    node.stop().await;
    done(&fleet.command(&["restore", "--force", text(&backup)]));
    node.start();
    node.ready().await;

    // Whoever is in it is in it whole, and so is whoever came before whoever is in it.
    let exported = fleet.command(&["users", "export"]);
    done(&exported);
    let exported = String::from_utf8(exported.stdout).expect("UTF-8");
    assert!(exported.lines().count() >= before, "{} of {before}", exported.lines().count());
    for mine in people {
        let restored = mine.iter().take_while(|email| exported.contains(&format!("\"{email}\""))).count();
        assert!(!exported.contains(mine.get(restored).map_or("nobody", String::as_str)));
        if let Some(last) = restored.checked_sub(1) {
            node.sign_in(&mine[last]).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_ends_every_session_and_what_came_after_the_backup_is_set_aside() {
    let fleet = one().await;
    let folder = tempfile::tempdir().expect("a folder");
    let backup = folder.path().join("backup.db");
    let node = &fleet.nodes[0];
    let jane = node.sign_up("jane@example.com").await;
    let gone = node.sign_in("jane@example.com").await;
    done(&fleet.command(&["backup", text(&backup)]));
    refused(&fleet.command(&["backup", text(&backup)]), "is there already");
    // Somebody else had this one. Restored, it would live again.
    node.sign_out(&gone).await;
    node.sign_up("joan@example.com").await;
    refused(&fleet.command(&["restore", text(&backup)]), "--force");
    refused(&fleet.command(&["restore", "--force", text(&backup)]), "stop it first");
    assert_eq!(node.me(&jane).await, "200", "nothing has happened to it");
    node.stop().await;
    done(&fleet.command(&["restore", "--force", text(&backup)]));
    node.start();
    node.ready().await;
    for ended in [&jane, &gone] {
        assert_eq!(node.me(ended).await, "401 session_ended");
        let body = serde_json::json!({ "refreshToken": ended.refresh });
        assert_eq!(node.post("/auth/refresh", &body).await.status, 401);
    }
    let jane = node.sign_in("jane@example.com").await;
    assert_eq!(node.me(&jane).await, "200");
    let joan = serde_json::json!({ "email": "joan@example.com", "password": crate::harness::PASSWORD });
    assert_eq!(node.post("/auth/login", &joan).await.status, 401);

    // And back again, with the sessions as they are.
    node.stop().await;
    let database = fleet.database_url().trim_start_matches("sqlite://").to_owned();
    let place = Path::new(&database).parent().expect("a folder");
    let aside = fs::read_dir(place).expect("a folder").map(|entry| entry.expect("a file").path());
    let aside = aside.filter(|path| text(path).contains(".before-restore-")).collect::<Vec<_>>();
    let [aside] = aside.as_slice() else { panic!("{aside:?}") };
    fs::rename(aside, folder.path().join("aside.db")).expect("it is moved");
    let aside = folder.path().join("aside.db");
    done(&fleet.command(&["restore", "--force", "--keep-sessions", text(&aside)]));
    node.start();
    node.ready().await;
    node.sign_in("joan@example.com").await;
    assert_eq!(node.me(&gone).await, "401 session_ended");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_whole_backup_is_not_restored() {
    let fleet = Fleet::without_nodes(ScratchDatabase::sqlite(), &[]);
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| folder.path().join(name);
    refused(&fleet.command(&["backup", text(&file("a.db"))]), "there is no database");
    done(&fleet.command(&["migrate", "up"]));
    done(&fleet.command(&["backup", text(&file("good.db"))]));

    fs::write(file("text.db"), "this is no database, however long it may be").expect("a file");
    fs::write(file("empty.db"), "").expect("a file");
    let mut damaged = fs::read(file("good.db")).expect("a file");
    let page = damaged.len() / 4096 / 2 * 4096;
    damaged[page..page + 4096].fill(0xa5);
    fs::write(file("damaged.db"), damaged).expect("a file");
    for bad in ["text.db", "empty.db", "damaged.db", "absent.db"] {
        let restored = fleet.command(&["restore", "--force", text(&file(bad))]);
        assert_eq!(restored.status.code(), Some(1), "{bad}: {}", said(&restored));
    }
    done(&fleet.command(&["restore", "--force", text(&file("good.db"))]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgresql_is_left_to_its_own_tools() {
    let fleet = Fleet::without_nodes(ScratchDatabase::postgres().await, &[]);
    refused(&fleet.command(&["backup", "a.dump"]), "pg_dump --format=custom --no-owner --host=");
    refused(&fleet.command(&["restore", "a.dump"]), "pg_restore");
}
