//! What went wrong between us and the mail server, and whether it will be better later.

use std::{error::Error as _, future::Future};

use doorward_application::ports::SendError;
use lettre::transport::smtp::Error;
use tokio::time::{Instant, timeout_at};

/// What the server was asked for, in the order of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The connection, TLS if it begins with it, the greeting and EHLO.
    Connect,
    StartTls,
    Auth,
    Sender,
    Recipient,
    Data,
    /// The mail itself, up to the server's word that it has taken it.
    Content,
}

impl Stage {
    const fn name(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::StartTls => "STARTTLS",
            Self::Auth => "AUTH",
            Self::Sender => "MAIL FROM",
            Self::Recipient => "RCPT TO",
            Self::Data => "DATA",
            Self::Content => "the content",
        }
    }

    /// Whether a refusal can be about this one mail. Before, all mails are refused alike: an operator mends that.
    const fn is_about_the_mail(self) -> bool {
        matches!(self, Self::Recipient | Self::Data | Self::Content)
    }

    /// A failure that may pass.
    pub(super) fn temporary(self, cause: &str) -> SendError {
        SendError::Temporary(format!("mail server, at {}: {cause}", self.name()))
    }

    /// Waits for an answer, no longer than until the deadline.
    pub(super) async fn wait<T>(
        self,
        deadline: Instant,
        answer: impl Future<Output = Result<T, Error>> + Send,
    ) -> Result<T, SendError> {
        match timeout_at(deadline, answer).await {
            Ok(answer) => answer.map_err(|error| self.failure(&error)),
            Err(_) if self == Self::Connect => {
                Err(self.temporary("no answer in time; see that smtp:// or smtps:// fits the port"))
            }
            Err(_) => Err(self.temporary("no answer in time")),
        }
    }

    /// What the server says in words is not kept: it may repeat the recipient's address.
    fn failure(self, error: &Error) -> SendError {
        let said = error.source().map(ToString::to_string).unwrap_or_default();
        let Some(code) = error.status().map(|code| code.to_string()) else {
            return self.temporary(if error.is_response() {
                "its answer is not SMTP, or broke off"
            } else if error.is_client() {
                self.not_offered()
            } else {
                &said
            });
        };
        let refusal = match enhanced_status(&said) {
            Some(status) => format!("mail server, at {}: {code} {status}", self.name()),
            None => format!("mail server, at {}: {code}", self.name()),
        };
        if error.is_permanent() && self.is_about_the_mail() && !is_about_the_session(&code) {
            SendError::Permanent(refusal)
        } else {
            SendError::Temporary(refusal)
        }
    }

    /// What it means that the client gave up by itself.
    const fn not_offered(self) -> &'static str {
        match self {
            Self::StartTls => "the server does not offer it",
            Self::Auth => "the server offers no way to sign in that is known here, PLAIN or LOGIN",
            _ => "the server answers otherwise than SMTP asks for",
        }
    }
}

/// Refusals that say that the client is to sign in or to encrypt first (RFC 4954 §6), or that commands came in the
/// wrong order, which is how some servers say the same.
fn is_about_the_session(code: &str) -> bool {
    matches!(code, "503" | "530" | "534" | "535" | "538")
}

/// The enhanced status code that an answer begins with (RFC 2034 §4), as in `5.1.1`.
fn enhanced_status(said: &str) -> Option<&str> {
    let word = said.split_whitespace().next()?;
    let is_number = |part: &str| matches!(part.len(), 1..=3) && part.bytes().all(|byte| byte.is_ascii_digit());
    (word.split('.').count() == 3 && word.split('.').all(is_number)).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::enhanced_status;

    #[test]
    fn only_a_status_code_is_kept_of_what_a_server_says() {
        assert_eq!(enhanced_status("5.1.1 <jane@example.com>: unknown"), Some("5.1.1"));
        for said in ["", "jane@example.com", "<jane@example.com> 5.1.1", "5.1", "5.1.1.1", "5.1.jane", "192.0.2000.1"] {
            assert_eq!(enhanced_status(said), None, "{said:?}");
        }
    }
}
