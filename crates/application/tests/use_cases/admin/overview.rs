//! The last day in numbers.

use std::time::Duration;

use doorward_application::admin::{Activity, Hourly};

use super::office::{Office, max};
use crate::world::{DAY, HOUR, MINUTE, PASSWORD};

async fn overview(office: &Office) -> Activity {
    office.world.app.admin.overview.execute(&office.root).await.unwrap()
}

/// No numbers but these, of so many hours ago.
fn only(numbers: &[(usize, u64)]) -> Hourly {
    let mut hours = [0; Hourly::HOURS];
    for &(ago, number) in numbers {
        hours[Hourly::HOURS - 1 - ago] = number;
    }
    Hourly(hours)
}

#[tokio::test]
async fn sign_ins_failures_and_new_people_are_told_hour_by_hour() {
    // The administrator is made, and signs in.
    let office = Office::new().await;
    office.world.advance(2 * HOUR);
    office.world.sign_up("jane@example.com").await;
    office.world.sign_up("john@example.com").await;
    office.world.log_in("jane@example.com", PASSWORD).await.unwrap();
    office.world.advance(20 * HOUR);
    office.world.log_in("jane@example.com", "not it at all").await.err();
    office.world.log_in("nobody@example.com", "whatever it is").await.err();
    office.world.advance(HOUR);
    Box::pin(office.world.app.admin.create_user.execute(&office.root, max("max@example.com"))).await.unwrap();
    office.world.app.sessions.revoke_all.execute(&office.root).await.unwrap();

    let told = overview(&office).await;
    assert_eq!(told.until, office.world.now());
    assert_eq!(told.sign_ins, only(&[(23, 1), (21, 1)]));
    assert_eq!(told.failures, only(&[(1, 2)]));
    assert_eq!(told.new_people, only(&[(23, 1), (21, 2), (0, 1)]));
    assert_eq!([told.sign_ins, told.failures, told.new_people].map(|hourly| hourly.total()), [2, 2, 4]);
}

#[tokio::test]
async fn an_hour_ends_now_and_not_when_a_clock_strikes() {
    const MICROSECOND: Duration = Duration::from_micros(1);
    const ALMOST_AN_HOUR: Duration = Duration::from_micros(3_599_999_999);

    let office = Office::new().await;
    office.world.advance(DAY + 25 * MINUTE);
    office.world.log_in("root@example.com", PASSWORD).await.unwrap();
    assert_eq!(overview(&office).await.sign_ins, only(&[(0, 1)]));
    office.world.advance(ALMOST_AN_HOUR);
    assert_eq!(overview(&office).await.sign_ins, only(&[(0, 1)]));
    office.world.advance(MICROSECOND);
    assert_eq!(overview(&office).await.sign_ins, only(&[(1, 1)]));
    office.world.advance(22 * HOUR + ALMOST_AN_HOUR);
    assert_eq!(overview(&office).await.sign_ins, only(&[(23, 1)]));
    office.world.advance(MICROSECOND);
    assert_eq!(overview(&office).await.sign_ins, only(&[]));
}

#[tokio::test]
async fn to_read_the_overview_leaves_no_entry() {
    let office = Office::new().await;
    let before = office.state();
    overview(&office).await;
    assert_eq!(office.state(), before);
}
