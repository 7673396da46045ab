//! Requests that a test server makes fail.

use std::{
    future::pending,
    rc::Rc,
    str::FromStr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderValue, RETRY_AFTER},
    middleware::Next,
};
use doorward_http::{Code, Problem};
use tokio::time::timeout;

use super::TestServerError;

/// What is to happen to the next requests of a route. They are answered as doorward answers when it means it: with the
/// same body, headers and log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The method; any if there is none.
    pub method: Option<String>,
    /// The path, without a query. One that ends in `*` stands for all that begin like it.
    pub path: String,
    /// To how many requests it happens.
    pub times: u32,
    /// What they are answered with. Without, they are answered as ever, after the delay.
    pub answer: Option<Code>,
    /// The `Retry-After` of that answer, in seconds, if it is not to be the usual one.
    pub retry_after: Option<u32>,
    /// How long they wait before.
    pub delay: Duration,
}

impl Fault {
    /// The next request of any method to this path fails like this.
    #[must_use]
    pub fn next(path: &str, answer: Code) -> Self {
        let path = path.to_owned();
        Self { method: None, path, times: 1, answer: Some(answer), retry_after: None, delay: Duration::ZERO }
    }

    /// The next request of any method to this path is answered so much later.
    #[must_use]
    pub fn delay(path: &str, delay: Duration) -> Self {
        Self { answer: None, delay, ..Self::next(path, Code::Unavailable) }
    }

    /// It happens to so many requests.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { times, ..self }
    }

    fn hits(&self, method: &str, path: &str) -> bool {
        let is_path = self.path.strip_suffix('*').map_or(self.path == path, |begin| path.starts_with(begin));
        is_path && self.method.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
    }
}

/// The code of a name, or the first that comes with a status: `unavailable` or `503`.
pub(super) fn code(name_or_status: &str) -> Result<Code, TestServerError> {
    let status = u16::from_str(name_or_status).ok();
    let is_it = |code: &&Code| code.as_str() == name_or_status || status == Some(code.status().as_u16());
    let unknown = || TestServerError::Refused(format!("doorward answers with no {name_or_status}"));
    Code::ALL.iter().find(is_it).copied().ok_or_else(unknown)
}

/// What is to happen, the earliest first.
#[derive(Default)]
pub(super) struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    pub(super) fn add(&self, fault: Fault) -> Result<(), TestServerError> {
        if !fault.path.starts_with('/') {
            return Err(TestServerError::Refused("the path of a fault begins with /".to_owned()));
        }
        if fault.answer.is_none() && fault.delay.is_zero() {
            return Err(TestServerError::Refused("a fault has an answer, or a delay, or both".to_owned()));
        }
        self.list_mut().extend((fault.times > 0).then_some(fault));
        Ok(())
    }

    /// What has not happened yet.
    pub(super) fn list(&self) -> Vec<Fault> {
        self.list_mut().clone()
    }

    pub(super) fn clear(&self) {
        self.list_mut().clear();
    }

    /// What happens to this request.
    fn take(&self, method: &str, path: &str) -> Option<Fault> {
        let mut faults = self.list_mut();
        let place = faults.iter().position(|fault| fault.hits(method, path))?;
        let left = &mut faults[place].times;
        *left -= 1;
        Some(if *left == 0 { faults.remove(place) } else { faults[place].clone() })
    }

    fn list_mut(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets happen to a request what is to.
pub(super) async fn befall(
    faults: Arc<Faults>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody + 'static>, Error> {
    let Some(fault) = faults.take(request.method().as_str(), request.path()) else {
        return next.call(request).await.map(ServiceResponse::map_into_left_body);
    };
    if !fault.delay.is_zero() {
        // Nothing comes, so the time runs out.
        let _ = timeout(fault.delay, pending::<Rc<()>>()).await;
    }
    let Some(answer) = fault.answer else {
        return next.call(request).await.map(ServiceResponse::map_into_left_body);
    };
    let mut response = request.error_response(Problem::new(answer));
    if let Some(seconds) = fault.retry_after {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    Ok(response.map_into_right_body())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use doorward_http::Code;

    use super::{Fault, Faults, code};

    #[test]
    fn a_fault_happens_as_often_as_it_is_to_the_earliest_first() {
        let faults = Faults::default();
        faults.add(Fault::next("/a", Code::Unavailable).times(2)).unwrap();
        faults.add(Fault { method: Some("post".to_owned()), ..Fault::next("/a*", Code::NotFound) }).unwrap();
        let next = |method, path| faults.take(method, path).and_then(|fault| fault.answer);
        assert_eq!(next("GET", "/ab"), None);
        assert_eq!(next("POST", "/ab"), Some(Code::NotFound));
        assert_eq!(
            [next("GET", "/a"), next("POST", "/a"), next("POST", "/a")],
            [Some(Code::Unavailable), Some(Code::Unavailable), None]
        );
        assert!(faults.list().is_empty());
    }

    #[test]
    fn a_fault_that_would_do_nothing_is_refused() {
        let faults = Faults::default();
        assert!(faults.add(Fault::delay("/a", Duration::ZERO)).is_err());
        assert!(faults.add(Fault::next("a", Code::NotFound)).is_err());
        faults.add(Fault::next("/a", Code::NotFound).times(0)).unwrap();
        assert!(faults.list().is_empty());
    }

    #[test]
    fn a_code_goes_by_its_name_or_its_status() {
        assert_eq!(code("session_ended").unwrap(), Code::SessionEnded);
        assert_eq!(code("503").unwrap(), Code::Unavailable);
        assert!(code("418").is_err());
    }
}
