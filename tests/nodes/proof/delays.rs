//! How long it takes until a sign-out on one node is known to others.

use futures_util::future::join;
use tokio::sync::oneshot;

use super::figures::{Delays, Size};
use crate::{
    bus,
    harness::{Fleet, MAX_STALENESS, Node, Person, Service, patience, steadily, until},
};

const ENDED: &str = "401 session_ended";

/// Two nodes that are busy with others, and a service of the second.
struct Stage {
    service: Service,
    others: Vec<Person>,
    fleet: Fleet,
}

impl Stage {
    const OTHERS: usize = 20;

    async fn set() -> Self {
        let fleet = Fleet::start(2).await;
        let service = Service::of(fleet.nodes[1].addr).await;
        let mut others = Vec::new();
        for n in 0..Self::OTHERS {
            others.push(fleet.nodes[n % 2].sign_up(&format!("other{n}@example.com")).await);
        }
        Self { service, others, fleet }
    }

    fn nodes(&self) -> [&Node; 2] {
        [&self.fleet.nodes[0], &self.fleet.nodes[1]]
    }

    /// People whom everybody knows.
    async fn known(&self, count: usize) -> Vec<Person> {
        let [a, b] = self.nodes();
        let mut people = Vec::new();
        for n in 0..count {
            let someone = a.sign_up(&format!("person{n}@example.com")).await;
            let outcomes = (b.me(&someone).await, self.service.ask(&someone).await);
            assert_eq!(outcomes, ("200".into(), "200".into()));
            people.push(someone);
        }
        people
    }

    /// One after the other signs out at the first node. How long after the answer the second node refuses them, and how
    /// long after it the service does.
    async fn sign_out(&self, people: Vec<Person>) -> [Delays; 2] {
        let [a, b] = self.nodes();
        let (mut at_b, mut at_the_service) = (Vec::new(), Vec::new());
        for someone in &people {
            assert_eq!((b.me(someone).await, self.service.ask(someone).await), ("200".into(), "200".into()));
            a.sign_out(someone).await;
            let told = join(
                until("B refuses", MAX_STALENESS, async || b.me(someone).await == ENDED),
                until("the service refuses", MAX_STALENESS, async || self.service.ask(someone).await == ENDED),
            );
            let (told, at_a) = join(told, a.me(someone)).await;
            assert_eq!(at_a, ENDED);
            at_b.push(told.0);
            at_the_service.push(told.1);
        }
        for someone in &people {
            assert_eq!((b.me(someone).await, self.service.ask(someone).await), (ENDED.into(), ENDED.into()));
        }
        [Delays::new(at_b), Delays::new(at_the_service)]
    }

    /// Others ask both nodes and the service, so often a second, while this is done.
    async fn under_load<T>(&self, per_second: u32, work: impl Future<Output = T>) -> T {
        let (over, is_over) = oneshot::channel::<()>();
        let work = async {
            let done = work.await;
            drop(over);
            done
        };
        let load = steadily(per_second, async { drop(is_over.await) }, |number| async move {
            let (other, [a, b]) = (&self.others[number % Self::OTHERS], self.nodes());
            match number % 3 {
                0 => a.me(other).await,
                1 => b.me(other).await,
                _ => self.service.ask(other).await,
            }
        });
        let (done, outcomes) = join(work, load).await;
        assert!(outcomes.iter().all(|outcome| outcome == "200"), "{outcomes:?}");
        done
    }
}

fn print([node, service]: &[Delays; 2], what: &str) {
    println!("\n| {what}, until refused | sign-outs | p50 ms | p99 ms | max ms |\n|---|---|---|---|---|");
    node.print("by the other node");
    service.print("by the service");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_out_is_known_to_the_others_within_a_second_under_load() {
    let size = Size::of_this_run();
    let stage = Stage::set().await;
    let people = stage.known(size.sign_outs).await;
    let delays = stage.under_load(size.others, stage.sign_out(people)).await;
    print(&delays, "Under load");
    for delays in &delays {
        assert!(delays.percentile(99) <= size.known_within, "{:?}", delays.percentile(99));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_out_is_known_to_the_others_within_the_bound_while_notices_are_cut_off() {
    let size = Size::of_this_run();
    let stage = Stage::set().await;
    let people = stage.known(size.without_notices).await;
    let rows = stage.fleet.rows().await;
    until("both listen", patience(), async || bus::listeners(&rows).await == 2).await;
    let delays = tokio::select! {
        delays = stage.under_load(size.others, stage.sign_out(people)) => delays,
        () = bus::cut_and_restore(&rows) => unreachable!("it goes on for good"),
    };
    print(&delays, "Notices cut off again and again");
}
