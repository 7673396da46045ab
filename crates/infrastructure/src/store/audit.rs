//! The audit log.

use async_trait::async_trait;
use doorward_application::ports::{AuditFilter, AuditRepository, StoreError};
use doorward_domain::{
    AuditEventId, Timestamp, UserId,
    audit::{AuditEvent, AuditKind},
};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait as _, DeleteMany, EntityTrait as _, Order, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Select, UpdateMany,
    sea_query::{Asterisk, Expr, ExprTrait as _, Query, SelectStatement, UnionType},
};

use super::{
    entity::audit_event::{self, Column},
    failure::failed,
    unit_of_work::SeaUnitOfWork,
};

#[async_trait]
impl AuditRepository for SeaUnitOfWork {
    async fn record(&mut self, event: &AuditEvent) -> Result<(), StoreError> {
        let row = audit_event::ActiveModel::from(event);
        audit_event::Entity::insert(row).exec_without_returning(self.writer()?).await.map(drop).map_err(failed)
    }

    async fn list(
        &mut self,
        filter: AuditFilter,
        after: Option<AuditEventId>,
        limit: u32,
    ) -> Result<Vec<AuditEvent>, StoreError> {
        let page = page(filter, after, limit).all(&self.reader()).await.map_err(failed)?;
        page.into_iter().map(AuditEvent::try_from).collect()
    }

    async fn export(&mut self, after: Option<AuditEventId>, limit: u32) -> Result<Vec<AuditEvent>, StoreError> {
        let page = audit_event::Entity::find()
            .filter(Condition::all().add_option(after.map(|id| Column::Id.gt(id.uuid()))))
            .order_by_asc(Column::Id)
            .limit(u64::from(limit))
            .all(&self.reader())
            .await
            .map_err(failed)?;
        page.into_iter().map(AuditEvent::try_from).collect()
    }

    async fn tally(&mut self, kinds: &[AuditKind], moments: &[Timestamp]) -> Result<Vec<u64>, StoreError> {
        let Some(tally) = tally(kinds, moments) else { return Ok(Vec::new()) };
        let counts = self.reader().query_one(&tally).await.map_err(failed)?;
        let counts = counts.ok_or_else(|| StoreError::new("a tally has no row"))?;
        // No count is below zero.
        (1..moments.len()).map(|n| Ok(counts.try_get_by_index::<i64>(n - 1).map_err(failed)?.unsigned_abs())).collect()
    }

    async fn forget_devices(&mut self, user_id: UserId) -> Result<(), StoreError> {
        forgetting(user_id).exec(self.writer()?).await.map(drop).map_err(failed)
    }

    async fn purge(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let purged = purging(before, limit).exec(self.writer()?).await.map_err(failed)?;
        Ok(purged.rows_affected)
    }
}

/// The latest entries that match.
fn page(filter: AuditFilter, after: Option<AuditEventId>, limit: u32) -> Select<audit_event::Entity> {
    let AuditFilter { user_id, kind } = filter;
    let earlier = Condition::all().add_option(after.map(|id| Column::Id.lt(id.uuid())));
    let matching = match user_id {
        None => earlier.add_option(kind.map(|kind| Column::Kind.eq(kind.as_str()))),
        // With one condition, `user_id = … OR actor_id = …`, all of the user's entries would be read and sorted.
        Some(user_id) => {
            // Said by what it is not, so that SQLite finds the user's entries first and not those of the kind.
            let narrowed = earlier.add_option(kind.map(|kind| Column::Kind.ne(kind.as_str()).not()));
            let latest = |column: Column| {
                Query::select()
                    .column(Column::Id)
                    .from(audit_event::Entity)
                    .cond_where(narrowed.clone())
                    .and_where(column.eq(user_id.uuid()))
                    .order_by(Column::Id, Order::Desc)
                    .limit(u64::from(limit))
                    .take()
            };
            Condition::all().add(Column::Id.in_subquery(either(latest(Column::UserId), latest(Column::ActorId))))
        }
    };
    audit_event::Entity::find().filter(matching).order_by_desc(Column::Id).limit(u64::from(limit))
}

/// What either of two queries finds. SQLite takes no order in a part of a union, but in a query inside of one.
fn either(one: SelectStatement, other: SelectStatement) -> SelectStatement {
    let all_of = |query| Query::select().column(Column::Id).from_subquery(query, "latest").take();
    all_of(one).union(UnionType::Distinct, all_of(other)).take()
}

/// One row with a count for each interval, if there are any. An index that holds kinds and moments answers alone: to
/// read the entries of a busy day takes many times as long.
fn tally(kinds: &[AuditKind], moments: &[Timestamp]) -> Option<SelectStatement> {
    let mut counts = Query::select();
    for (&from, &to) in moments.iter().zip(moments.iter().skip(1)) {
        let within = Query::select()
            .expr(Expr::col(Asterisk).count())
            .from(audit_event::Entity)
            .and_where(Column::Kind.is_in(kinds.iter().map(|kind| kind.as_str())))
            .and_where(Column::At.gt(from))
            .and_where(Column::At.lte(to))
            .take();
        counts.expr(Expr::SubQuery(None, Box::new(within.into())));
    }
    (moments.len() > 1).then_some(counts)
}

fn forgetting(user_id: UserId) -> UpdateMany<audit_event::Entity> {
    let about_or_by = Condition::any().add(Column::UserId.eq(user_id.uuid())).add(Column::ActorId.eq(user_id.uuid()));
    audit_event::Entity::update_many()
        .col_expr(Column::UserAgent, Expr::null())
        .col_expr(Column::IpAddress, Expr::null())
        .filter(about_or_by)
}

fn purging(before: Timestamp, limit: u32) -> DeleteMany<audit_event::Entity> {
    let old = Query::select()
        .column(Column::Id)
        .from(audit_event::Entity)
        .and_where(Column::At.lt(before))
        // As in `bulk::ended_first`.
        .order_by(Column::At, Order::Asc)
        .limit(u64::from(limit))
        .take();
    audit_event::Entity::delete_many().filter(Column::Id.in_subquery(old))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use doorward_application::ports::AuditFilter;
    use doorward_domain::audit::{AuditEvent, AuditKind};
    use doorward_testkit::builders::{audit_event, noon, user};
    use sea_orm::{ConnectionTrait as _, EntityTrait as _, QueryTrait, Select, sea_query::SelectStatement};

    use super::{audit_event as row, forgetting, page, purging, tally};
    use crate::store::{
        SeaStore,
        plan::{is_whole, migrated, plan_of},
        scratch::ScratchDatabase,
    };

    const ENTRIES: u32 = 20_000;

    /// Each of 200 users signs in and out, one after the other.
    fn entry(n: u32) -> AuditEvent {
        let kind = if n.is_multiple_of(2) { AuditKind::SignedIn } else { AuditKind::SignedOut };
        AuditEvent { kind, at: noon() + Duration::from_secs(n.into()), ..audit_event(&user(n / 2 % 200), n) }
    }

    async fn filled(database: &ScratchDatabase) -> SeaStore {
        let store = migrated(database).await;
        let rows: Vec<_> = (0..ENTRIES).map(|n| row::ActiveModel::from(&entry(n))).collect();
        for rows in rows.chunks(1_000) {
            row::Entity::insert_many(rows.to_vec()).exec_without_returning(&store.connection).await.unwrap();
        }
        store
    }

    /// The same as the kind of query whose plan can be asked for.
    fn as_select(query: SelectStatement) -> Select<row::Entity> {
        let mut select = row::Entity::find();
        *QueryTrait::query(&mut select) = query;
        select
    }

    async fn expect_no_scan(store: &SeaStore, query: impl QueryTrait) -> String {
        let plan = plan_of(store, &query).await;
        assert!(!is_whole("audit_events", &plan), "{plan}");
        plan
    }

    async fn no_page_reads_the_whole_log(database: ScratchDatabase) {
        let store = filled(&database).await;
        for user_id in [None, Some(user(7).id)] {
            for kind in [None, Some(AuditKind::SignedIn)] {
                for after in [None, Some(entry(ENTRIES / 2).id)] {
                    let plan = expect_no_scan(&store, page(AuditFilter { user_id, kind }, after, 50)).await;
                    // Half of all entries are of this kind.
                    assert!(user_id.is_none() || !plan.contains("SEARCH audit_events USING INDEX audit_events_kind"));
                }
            }
        }
        expect_no_scan(&store, forgetting(user(7).id)).await;
        expect_no_scan(&store, purging(noon() + Duration::from_secs(9), 50)).await;
    }

    #[tokio::test]
    async fn no_page_reads_the_whole_log_on_sqlite() {
        no_page_reads_the_whole_log(ScratchDatabase::sqlite()).await;
    }

    #[tokio::test]
    async fn no_page_reads_the_whole_log_on_postgres() {
        no_page_reads_the_whole_log(ScratchDatabase::postgres().await).await;
    }

    async fn a_tally_reads_the_index_alone(database: ScratchDatabase) {
        let store = filled(&database).await;
        // PostgreSQL notes which entries everyone sees, as it does by itself after a while.
        store.connection.execute_unprepared("VACUUM").await.unwrap();
        let moments: Vec<_> = (0..=5).map(|hour| noon() + Duration::from_hours(hour)).collect();
        for kinds in [&[AuditKind::SignedIn][..], &[AuditKind::SignedUp, AuditKind::SignedIn]] {
            let plan = plan_of(&store, &as_select(tally(kinds, &moments).unwrap())).await;
            let alone = |step: &&str| {
                step.starts_with(
                    "SEARCH audit_events USING COVERING INDEX audit_events_kind_at (kind=? AND at>? AND at<?)",
                ) || step.contains("Index Only Scan using audit_events_kind_at on audit_events")
            };
            assert_eq!(plan.lines().filter(alone).count(), 5, "{plan}");
            assert!(!is_whole("audit_events", &plan), "{plan}");
        }
    }

    #[tokio::test]
    async fn a_tally_reads_the_index_alone_on_sqlite() {
        a_tally_reads_the_index_alone(ScratchDatabase::sqlite()).await;
    }

    #[tokio::test]
    async fn a_tally_reads_the_index_alone_on_postgres() {
        a_tally_reads_the_index_alone(ScratchDatabase::postgres().await).await;
    }
}
