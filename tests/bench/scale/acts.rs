//! Sign-in, refresh and sign-out of the same people on two servers in turn: what a shared machine gives changes from
//! minute to minute, and falls on both alike.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use futures_util::future::try_join_all;
use serde_json::{Value, json};

use crate::{
    PASSWORD,
    client::{Connection, Measured, Request},
    seed::email,
    server::Server,
};

/// How many requests are under way at once.
const CONNECTIONS: usize = 4;
/// How many people act on one server before it is the other's turn.
const TURN: usize = 100;

pub(super) const ACTS: [&str; 3] = ["sign-in", "refresh", "sign-out"];

/// What the three acts came to on one server.
pub(super) type Acted = [Measured; ACTS.len()];

struct Person {
    email: String,
    tokens: Value,
}

impl Person {
    fn does(&self, act: usize) -> Request {
        match ACTS[act] {
            "sign-in" => Request::post("/auth/login", &json!({ "email": self.email, "password": PASSWORD })),
            "refresh" => Request::post("/auth/refresh", &json!({ "refreshToken": self.token("refreshToken") })),
            _ => Request::post("/auth/logout", &json!({})).bearer(self.token("accessToken")),
        }
    }

    fn token(&self, name: &str) -> &str {
        self.tokens["tokens"][name].as_str().unwrap_or_default()
    }
}

/// Has people of these numbers act on each of the two servers.
pub(super) async fn measure(servers: [&Server; 2], people: [Vec<u32>; 2]) -> Result<[Acted; 2]> {
    let mut people = people.map(|numbers| {
        let person = |n| Person { email: email(n), tokens: Value::Null };
        numbers.into_iter().map(person).collect::<Vec<_>>()
    });
    let mut acted: [Acted; 2] = Default::default();
    let turns = people[0].len().min(people[1].len()) / TURN;
    for (act, _) in ACTS.iter().enumerate() {
        for turn in 0..turns {
            for server in if turn.is_multiple_of(2) { [0, 1] } else { [1, 0] } {
                let some = &mut people[server][turn * TURN..][..TURN];
                acted[server][act].add(all(servers[server], act, some).await?);
            }
        }
    }
    Ok(acted)
}

async fn all(server: &Server, act: usize, people: &mut [Person]) -> Result<Measured> {
    let share = people.len().div_ceil(CONNECTIONS);
    let parts = people.chunks_mut(share).map(async |people| {
        let mut connection = Connection::open(&server.addr).await?;
        let mut times = Vec::with_capacity(people.len());
        for person in people {
            let request = person.does(act);
            let asked = Instant::now();
            let answer = connection.ask(&request).await?;
            times.push(asked.elapsed());
            ensure!(answer.status == 200, "{} was answered {}: {}", ACTS[act], answer.status, answer.text());
            person.tokens = serde_json::from_slice(&answer.body).context("no JSON")?;
        }
        anyhow::Ok(Measured::of(times))
    });
    let mut all = Measured::default();
    for part in try_join_all(parts).await? {
        all.add(part);
    }
    Ok(all)
}
