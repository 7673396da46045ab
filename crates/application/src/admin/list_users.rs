//! The list of users.

use doorward_domain::{Rejection, Role, UserId, text::Line, user::User};

use super::AdminListError;
use crate::{
    Actor, FieldErrors, Ports,
    page::{Cursors, Page, PageRequest, Place},
    ports::{Access, UserFilter},
};

/// Which users are wanted. Every filter narrows; what is absent filters nothing.
#[derive(Clone, Debug, Default)]
pub struct UserQuery {
    /// What address, username, first, last or full name begins with, in whatever case; an empty text is none.
    pub search: Option<String>,
    /// The role by name.
    pub role: Option<String>,
    /// Those who are active, or those who are deactivated.
    pub active: Option<bool>,
    /// The page.
    pub page: PageRequest,
}

/// Lists users, the latest first.
pub struct ListUsers {
    ports: Ports,
    cursors: Cursors,
}

impl ListUsers {
    /// The most code points of a search.
    pub const LONGEST_SEARCH: usize = 100;

    pub(super) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone(), cursors: Cursors::new(ports) }
    }

    /// A page of the users that match.
    pub async fn execute(&self, actor: &Actor, query: UserQuery) -> Result<Page<User>, AdminListError> {
        actor.require_admin()?;
        let (filter, list, place) = self.read(&query).map_err(AdminListError::Invalid)?;
        let mut unit = self.ports.store.begin(Access::Read).await?;
        let users = unit.users().list(&filter, place.after.map(UserId::new), place.limit + 1).await?;
        Ok(self.cursors.page(users, place, &list, |user| user.id.uuid()))
    }

    /// The filter, the name of the list that it makes, and the place in it.
    fn read(&self, query: &UserQuery) -> Result<(UserFilter, String, Place), FieldErrors> {
        let mut errors = FieldErrors::default();
        let search = query.search.as_deref().filter(|typed| !typed.trim().is_empty());
        let search = errors.keep_optional("search", search, |typed| {
            let line = Line::parse(typed)?;
            let length = line.as_str().chars().count();
            let max = Self::LONGEST_SEARCH;
            if length <= max { Ok(line.as_str().to_owned()) } else { Err(Rejection::TooLong { max }) }
        });
        let role = errors.keep_optional("role", query.role.as_deref(), Role::parse);
        let filter = UserFilter { search: search.flatten(), role: role.flatten(), active: query.active };
        // Every filter stands in it, one that is added later too.
        let list = format!("users {filter:?}");
        let place = self.cursors.read(&query.page, &list).map_err(|refused| errors.0.extend(refused.0)).ok();
        place.filter(|_| errors.is_empty()).map(|place| (filter, list, place)).ok_or(errors)
    }
}
