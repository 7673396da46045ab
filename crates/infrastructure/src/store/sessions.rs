//! Sessions.

use std::collections::BTreeMap;

use async_trait::async_trait;
use doorward_application::ports::{KnownDevice, SessionRepository, StoreError};
use doorward_domain::{
    SessionId, Timestamp, UserId,
    revocation::Revocation,
    session::{Generation, Rotation, Session, SessionEnd},
    user::User,
};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, QueryTrait, UpdateMany,
    sea_query::{
        CaseStatement, Expr, ExprTrait as _, IntoIden as _, IntoValueTuple as _, LockBehavior, LockType, Order, Query,
        SelectStatement, TableRef,
    },
};

use super::patience::Reader;
use super::{
    bulk::purge,
    entity::{
        session::{self, Column},
        user,
    },
    failure::failed,
    unit_of_work::SeaUnitOfWork,
};

#[async_trait]
impl SessionRepository for SeaUnitOfWork {
    async fn insert(&mut self, session: &Session) -> Result<(), StoreError> {
        let row = session::ActiveModel::from(session);
        session::Entity::insert(row).exec_without_returning(self.writer()?).await.map(drop).map_err(failed)
    }

    async fn find(&mut self, id: SessionId) -> Result<Option<Session>, StoreError> {
        let found = session::Entity::find_by_id(id.uuid()).one(&self.reader()).await.map_err(failed)?;
        found.map(Session::try_from).transpose()
    }

    async fn find_with_user(&mut self, id: SessionId) -> Result<Option<(Session, User)>, StoreError> {
        let with_user = session::Entity::find_by_id(id.uuid()).find_both_related(user::Entity);
        let found = with_user.one(&self.reader()).await.map_err(failed)?;
        found.map(|(session, user)| Ok((session.try_into()?, user.try_into()?))).transpose()
    }

    async fn find_with_locked_user(&mut self, id: SessionId) -> Result<Option<(Session, User)>, StoreError> {
        let mut with_user = session::Entity::find_by_id(id.uuid()).find_both_related(user::Entity);
        // The user's row alone: the session's is taken by `rotate`, whose condition holds for whoever comes first.
        QueryTrait::query(&mut with_user).lock_with_tables(LockType::NoKeyUpdate, [user::Entity]);
        let found = with_user.one(self.writer()?).await.map_err(failed)?;
        found.map(|(session, user)| Ok((session.try_into()?, user.try_into()?))).transpose()
    }

    async fn rotate(&mut self, id: SessionId, from: Generation, rotation: &Rotation) -> Result<bool, StoreError> {
        let rotated = session::Entity::update_many()
            .col_expr(Column::Generation, i64::from(rotation.to).into())
            .col_expr(Column::RotatedAt, rotation.at.into())
            .col_expr(Column::LastSeenAt, later_of(Column::LastSeenAt, rotation.at))
            .col_expr(Column::IdleExpiresAt, rotation.idle_expires_at.into())
            .col_expr(Column::AccessTokenId, rotation.access_token_id.uuid().into())
            .filter(Column::Id.eq(id.uuid()))
            .filter(Column::Generation.eq(i64::from(from)))
            .filter(Column::EndedAt.is_null())
            .exec(self.writer()?)
            .await
            .map_err(failed)?;
        Ok(rotated.rows_affected == 1)
    }

    async fn list_live(&mut self, user_id: UserId, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        latest_first(live(user_id, now), &self.reader()).await
    }

    async fn list_all(&mut self, user_id: UserId) -> Result<Vec<Session>, StoreError> {
        latest_first(Condition::all().add(Column::UserId.eq(user_id.uuid())), &self.reader()).await
    }

    async fn knows_device(&mut self, user_id: UserId, label: &str) -> Result<KnownDevice, StoreError> {
        let is_this: Expr = CaseStatement::new().case(Column::DeviceLabel.eq(label), 1).finally(0).into();
        let known: Option<Option<i32>> = session::Entity::find()
            .select_only()
            .expr(is_this.max())
            .filter(Column::UserId.eq(user_id.uuid()))
            // A session from before there were labels says of no device whether it is known. It does not count: else
            // every user would be told of a new device once.
            .filter(Column::DeviceLabel.ne(""))
            .into_tuple()
            .one(&self.reader())
            .await
            .map_err(failed)?;
        Ok(match known.flatten() {
            None => KnownDevice::First,
            Some(0) => KnownDevice::Unknown,
            Some(_) => KnownDevice::Known,
        })
    }

    async fn end(&mut self, id: SessionId, end: SessionEnd) -> Result<bool, StoreError> {
        let this = ending(end).filter(Column::Id.eq(id.uuid())).filter(Column::EndedAt.is_null());
        let ended = this.exec(self.writer()?).await.map_err(failed)?;
        let ended = ended.rows_affected == 1;
        self.note(if ended { Revocation::SessionEnded(id) } else { Revocation::EndedBefore(id) });
        Ok(ended)
    }

    async fn end_all(&mut self, user_id: UserId, keep: Option<SessionId>, end: SessionEnd) -> Result<u64, StoreError> {
        let others = keep.map(|id| Column::Id.ne(id.uuid()));
        let all = ending(end).filter(live(user_id, end.at).add_option(others));
        self.end_these(all).await
    }

    async fn end_oldest(&mut self, user_id: UserId, keep: u32, end: SessionEnd) -> Result<u64, StoreError> {
        let beyond_the_latest = Query::select()
            .column(Column::Id)
            .from(session::Entity)
            .cond_where(live(user_id, end.at))
            .order_by(Column::CreatedAt, Order::Desc)
            .order_by(Column::Id, Order::Desc)
            // SQLite knows no offset without a limit.
            .limit(u64::from(u32::MAX))
            .offset(u64::from(keep))
            .take();
        let oldest = ending(end).filter(Column::Id.in_subquery(beyond_the_latest)).filter(Column::EndedAt.is_null());
        self.end_these(oldest).await
    }

    async fn touch(&mut self, seen: &[(SessionId, Timestamp)]) -> Result<(), StoreError> {
        let mut latest = BTreeMap::<_, Timestamp>::new();
        for &(id, at) in seen {
            latest.entry(id.uuid()).and_modify(|known| *known = Ord::max(*known, at)).or_insert(at);
        }
        if latest.is_empty() {
            return Ok(());
        }
        let (ids, rows): (Vec<_>, Vec<_>) =
            latest.into_iter().map(|(id, at)| (id, (id, at).into_value_tuple())).unzip();
        // The columns of a list of values have these names on both databases.
        let (seen, seen_id, seen_at) = ("seen", "column1", "column2");
        let touch = Query::update()
            .table(session::Entity)
            .value(Column::LastSeenAt, Expr::col((seen, seen_at)))
            .from(TableRef::ValuesList(rows, seen.into_iden()))
            .and_where(Expr::col((session::Entity, Column::Id)).equals((seen, seen_id)))
            .and_where(Expr::col((session::Entity, Column::LastSeenAt)).lt(Expr::col((seen, seen_at))))
            .and_where(Expr::col((session::Entity, Column::Id)).in_subquery(unlocked(ids)))
            .take();
        self.writer()?.execute(&touch).await.map(drop).map_err(failed)
    }

    async fn purge(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let end = Column::AbsoluteExpiresAt;
        purge::<session::Entity>(self.writer()?, end, end.lt(before), limit).await
    }
}

impl SeaUnitOfWork {
    /// Ends sessions, and notes which. Says how many.
    pub(super) async fn end_these(&mut self, ending: UpdateMany<session::Entity>) -> Result<u64, StoreError> {
        let ending = ending.into_query().returning_col(Column::Id).take();
        let ended = self.writer()?.query_all(&ending).await.map_err(failed)?;
        for row in &ended {
            self.note(Revocation::SessionEnded(SessionId::new(row.try_get_by_index(0).map_err(failed)?)));
        }
        Ok(ended.len() as u64)
    }
}

async fn latest_first(these: Condition, reader: &Reader<'_>) -> Result<Vec<Session>, StoreError> {
    let found = session::Entity::find()
        .filter(these)
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .all(reader)
        .await
        .map_err(failed)?;
    found.into_iter().map(Session::try_from).collect()
}

/// The sessions of these that nobody else is writing to. Whoever is, is using it, so its use will be noted again;
/// and as this waits for nobody, it is never one of two that wait for each other.
fn unlocked(ids: Vec<sea_orm::prelude::Uuid>) -> SelectStatement {
    Query::select()
        .column(Column::Id)
        .from(session::Entity)
        .and_where(Column::Id.is_in(ids))
        .lock_with_behavior(LockType::NoKeyUpdate, LockBehavior::SkipLocked)
        .take()
}

/// Ends all that have not ended.
pub(super) fn ending_all(end: SessionEnd) -> UpdateMany<session::Entity> {
    ending(end).filter(Column::EndedAt.is_null())
}

fn ending(end: SessionEnd) -> UpdateMany<session::Entity> {
    session::Entity::update_many()
        .col_expr(Column::EndedAt, end.at.into())
        .col_expr(Column::EndReason, end.reason.as_str().into())
}

/// As [`Session::is_live`] has it.
fn live(user_id: UserId, now: Timestamp) -> Condition {
    Condition::all()
        .add(Column::UserId.eq(user_id.uuid()))
        .add(Column::EndedAt.is_null())
        .add(Column::IdleExpiresAt.gt(now))
        .add(Column::AbsoluteExpiresAt.gt(now))
}

/// The databases have different names for the greater of two.
fn later_of(column: Column, moment: Timestamp) -> Expr {
    CaseStatement::new().case(Expr::col(column).lt(moment), moment).finally(Expr::col(column)).into()
}
