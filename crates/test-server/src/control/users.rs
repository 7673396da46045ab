//! Users to begin with.

use actix_web::{
    HttpResponse,
    web::{Data, Json},
};
use doorward_testkit::server::{NewTestUser, Role, TestProfile, TestServer};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, Refused, sessions};

/// A user. Only the address must be given.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct User {
    email: String,
    password: Option<String>,
    role: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    username: Option<String>,
    locale: Option<String>,
    email_verified: Option<bool>,
    active: Option<bool>,
    #[serde(default)]
    profile: Profile,
    /// Whether to sign the user in.
    #[serde(default)]
    sign_in: bool,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Profile {
    phone_number: Option<String>,
    location: Option<String>,
    title: Option<String>,
    skills: Option<Vec<String>>,
    company_name: Option<String>,
    company_email: Option<String>,
    company_location: Option<String>,
    industry: Option<String>,
}

impl From<Profile> for TestProfile {
    fn from(profile: Profile) -> Self {
        let Profile { phone_number, location, title, skills, company_name, company_email, company_location, industry } =
            profile;
        Self { phone_number, location, title, skills, company_name, company_email, company_location, industry }
    }
}

impl User {
    fn read(self) -> Result<NewTestUser, Refused> {
        let role = self.role.as_deref().map(Role::parse).transpose();
        let role = role.map_err(|why| Refused::unreadable(&format!("{}: role: {why}", self.email)))?;
        let usual = NewTestUser::new(&self.email);
        Ok(NewTestUser {
            password: self.password.unwrap_or(usual.password),
            role: role.unwrap_or(usual.role),
            first_name: self.first_name.unwrap_or(usual.first_name),
            last_name: self.last_name.unwrap_or(usual.last_name),
            username: self.username,
            locale: self.locale,
            email_verified: self.email_verified.unwrap_or(usual.email_verified),
            active: self.active.unwrap_or(usual.active),
            profile: self.profile.into(),
            email: usual.email,
        })
    }
}

/// Makes a user, or each of a list of them; all or none.
pub(super) async fn create(server: Data<TestServer>, body: Json<Value>) -> Answer {
    let body = body.into_inner();
    let is_one = body.is_object();
    let users: Vec<User> =
        serde_json::from_value(if is_one { json!([body]) } else { body }).map_err(|why| Refused::unreadable(&why))?;
    let signed_in: Vec<bool> = users.iter().map(|user| user.sign_in).collect();
    let users = users.into_iter().map(User::read).collect::<Result<Vec<_>, _>>()?;
    let ids = server.create_users(&users).await?;
    let mut made = Vec::with_capacity(users.len());
    for ((user, id), sign_in) in users.iter().zip(ids).zip(signed_in) {
        let mut shown = json!({
            "id": id, "email": user.email, "password": user.password, "role": user.role.as_str(),
        });
        if sign_in {
            shown["tokens"] = sessions::tokens(&server.sign_in(&id).await?);
        }
        made.push(shown);
    }
    let body = if is_one { made.swap_remove(0) } else { json!({ "users": made }) };
    Ok(HttpResponse::Created().json(body))
}
