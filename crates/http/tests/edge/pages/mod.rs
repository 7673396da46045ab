//! Pages, as a browser without scripts meets them.

mod cross_site;
mod forms;
mod keep_account;
mod links;
mod register;
mod what_is_wrong;

use actix_web::test::TestRequest;

use crate::{answer::Answer, harness::TestEdge};

/// Every page with a form.
const PAGES: [&str; 8] = [
    "/register",
    "/verify-email",
    "/forgot-password",
    "/reset-password",
    "/confirm-email",
    "/undo-email-change",
    "/not-me",
    "/keep-account",
];

async fn open(edge: &TestEdge, path: &str) -> Answer {
    edge.call(TestRequest::get().uri(path)).await
}

impl Answer {
    /// The page's heading.
    fn heading(&self) -> &str {
        let heading = self.text.split_once("<h1>").and_then(|(_, rest)| rest.split_once("</h1>"));
        heading.unwrap_or_else(|| panic!("no heading in {}", self.text)).0
    }

    /// The start tag of the field of this name.
    fn field(&self, name: &str) -> &str {
        let tags = self.text.split('<').filter(|tag| tag.starts_with("input") || tag.starts_with("select"));
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
