//! `/admin`: what happened during the last day, where administrators begin.

use actix_web::{HttpResponse, web::Data};
use askama::{Template, filters::HtmlSafe};
use doorward_application::{
    Actor,
    admin::{Activity, AuditQuery, Hourly, OverviewError},
    page::PageRequest,
};

use super::audit_events::Entry;
use crate::{
    edge::Edge,
    extract::SignedIn,
    pages::{Form, Shell, answer, home, profile_form::ProfileFields},
    problem::{Code, Problem},
    theme::Texts,
};

/// How many entries of the audit log are shown.
const LATEST: u32 = 8;

/// The home of administrators.
#[derive(Template)]
#[template(path = "admin/overview.html")]
pub(in crate::pages) struct OverviewPage<'a> {
    shell: &'a Shell,
    actor: &'a Actor,
    activity: Activity,
    entries: Vec<Entry<'a>>,
    /// The administrator's own profile.
    form: Form<'a>,
}

/// A number for each hour of the last day, as columns.
#[derive(Template)]
#[template(path = "parts/chart.html")]
struct Chart<'a> {
    t: &'a Texts,
    title: &'a str,
    hourly: Hourly,
}

impl HtmlSafe for Chart<'_> {}

/// A column of a chart, in the units of the drawing.
struct Column {
    x: usize,
    y: u64,
    height: u64,
    /// How many hours ago its hour began.
    hours: usize,
    number: u64,
}

impl From<OverviewError> for Problem {
    fn from(error: OverviewError) -> Self {
        match error {
            OverviewError::Forbidden(_) => Code::Forbidden.into(),
            OverviewError::Fault(fault) => fault.into(),
        }
    }
}

impl Chart<'_> {
    /// From one column to the next.
    const STEP: usize = 10;
    /// A column's own width.
    const WIDTH: usize = 8;
    const HEIGHT: u64 = 60;
    /// The column of the hour with the most.
    const TALLEST: u64 = 56;
    /// The column of an hour with anything at all, which is not to look like none.
    const SHORTEST: u64 = 4;
    /// That of an hour with nothing.
    const NOTHING: u64 = 1;

    fn width() -> usize {
        Self::STEP * Hourly::HOURS
    }

    fn most(&self) -> u64 {
        self.hourly.0.into_iter().max().unwrap_or_default()
    }

    /// The chart in words.
    fn label(&self) -> String {
        let text = self.t.overview.chart.with("title", self.title).replace("{total}", &self.hourly.total().to_string());
        text.replace("{most}", &self.most().to_string())
    }

    /// The columns, the oldest first.
    fn columns(&self) -> impl Iterator<Item = Column> {
        let most = self.most();
        self.hourly.0.into_iter().enumerate().map(move |(at, number)| {
            let share = number.saturating_mul(Self::TALLEST).checked_div(most).unwrap_or_default();
            let height = if number == 0 { Self::NOTHING } else { share.max(Self::SHORTEST) };
            let x = at * Self::STEP + (Self::STEP - Self::WIDTH) / 2;
            Column { x, y: Self::HEIGHT - height, height, hours: Hourly::HOURS - at, number }
        })
    }
}

impl Column {
    /// What it stands for, in words.
    fn words(&self, t: &Texts) -> String {
        t.overview.column.with("hours", self.hours).replace("{n}", &self.number.to_string())
    }
}

impl<'a> OverviewPage<'a> {
    /// What there is to see, around this form.
    pub(in crate::pages) async fn around(
        form: Form<'a>,
        edge: &Edge,
        shell: &'a Shell,
        actor: &'a Actor,
    ) -> Result<Self, Problem> {
        let activity = edge.app.admin.overview.execute(actor).await?;
        let page = PageRequest { cursor: None, limit: Some(LATEST) };
        let latest = AuditQuery { page, ..AuditQuery::default() };
        let latest = edge.app.admin.list_audit_events.execute(actor, latest).await?;
        let entries = latest.items.into_iter().map(|event| Entry::new(shell, event)).collect();
        Ok(Self { shell, actor, activity, entries, form })
    }

    fn charts(&self) -> [Chart<'_>; 3] {
        let (t, Activity { sign_ins, failures, new_people, .. }) = (&self.shell.t, &self.activity);
        let chart = |title, hourly: &Hourly| Chart { t, title, hourly: *hourly };
        [
            chart(&*t.overview.sign_ins, sign_ins),
            chart(&*t.overview.failures, failures),
            chart(&*t.overview.new_people, new_people),
        ]
    }
}

/// Greets, and shows what happened.
pub(crate) async fn show(edge: Data<Edge>, shell: Shell, SignedIn(actor): SignedIn) -> Result<HttpResponse, Problem> {
    let fields = ProfileFields::of(&actor.user, &actor.profile);
    let form = home::form(&fields, &shell, actor.user.role);
    answer(&OverviewPage::around(form, &edge, &shell, &actor).await?)
}
