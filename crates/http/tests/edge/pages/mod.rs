//! Pages, as a browser without scripts meets them.

mod account;
mod account_refused;
mod audit_events;
mod cross_site;
mod forms;
mod invitations;
mod keep_account;
mod keys;
mod links;
mod log_in;
mod overview;
mod people;
mod people_acts;
mod people_new;
mod people_person;
mod reference;
mod register;
mod theme;
mod visit;
mod what_is_wrong;

use actix_web::test::TestRequest;

use crate::{
    answer::Answer,
    harness::{OURS, Person, TestEdge},
};

/// Every page with a form.
const PAGES: [&str; 9] = [
    "/register",
    "/verify-email",
    "/forgot-password",
    "/resend-verification",
    "/reset-password",
    "/confirm-email",
    "/undo-email-change",
    "/not-me",
    "/keep-account",
];

async fn open(edge: &TestEdge, path: &str) -> Answer {
    edge.call(TestRequest::get().uri(path)).await
}

/// Opens a page as someone who is signed in.
async fn open_as(edge: &TestEdge, who: &Person, path: &str) -> Answer {
    edge.call(TestRequest::get().uri(path).insert_header(who.cookies())).await
}

/// Posts a form as someone who is signed in.
async fn submit_as(edge: &TestEdge, who: &Person, path: &str, fields: &[(&str, &str)]) -> Answer {
    let request = TestRequest::post().uri(path).insert_header(OURS).insert_header(who.cookies());
    edge.call(request.set_form(fields)).await
}

impl Answer {
    /// The page's heading.
    fn heading(&self) -> &str {
        let heading = self.text.split_once("<h1>").and_then(|(_, rest)| rest.split_once("</h1>"));
        heading.unwrap_or_else(|| panic!("no heading in {}", self.text)).0
    }

    /// The start tag of the field of this name.
    fn field(&self, name: &str) -> &str {
        let tags = self.text.split('<').filter(|tag| tag.starts_with("input ") || tag.starts_with("select "));
        let mut fields = tags.filter(|tag| tag.contains(&format!(" name=\"{name}\"")));
        fields.next().unwrap_or_else(|| panic!("no {name} in {}", self.text)).split('>').next().unwrap_or_default()
    }

    /// What the field of this name begins with.
    fn value(&self, name: &str) -> &str {
        let value = self.field(name).split_once(" value=\"").and_then(|(_, rest)| rest.split_once('"'));
        value.unwrap_or_else(|| panic!("no value in {}", self.field(name))).0
    }

    /// What is said to be wrong with the field of this name.
    fn error(&self, name: &str) -> &str {
        let text = self.text.split_once(&format!("id=\"{name}-error\">")).and_then(|(_, rest)| rest.split_once('<'));
        text.unwrap_or_else(|| panic!("nothing is wrong with {name} in {}", self.text)).0
    }
}
