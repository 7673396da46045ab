//! Every stable code that an answer can carry.

use actix_web::http::StatusCode;

/// One line a code: its name on the wire, its status, what it is called, and the sentence a person may be shown.
macro_rules! codes {
    ($($variant:ident $status:ident $name:literal $title:literal $message:literal)*) => {
        /// A stable code: what a program decides by. docs/errors.md says of each when it happens and what to do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $(#[doc = concat!($title, ".")] $variant,)* }

        impl Code {
            /// Every code, by status.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The code's name on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The one status that it comes with.
            #[must_use]
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status,)* }
            }

            /// What kind of problem it is (RFC 9457 §3.1.3).
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }

            /// The sentence that a person may be shown.
            #[must_use]
            pub const fn message(self) -> &'static str {
                match self { $(Self::$variant => $message,)* }
            }
        }
    };
}

codes! {
    MalformedRequest BAD_REQUEST "malformed_request"
        "Malformed request" "The request could not be read."
    MalformedJson BAD_REQUEST "malformed_json"
        "Malformed JSON" "The body is not valid JSON."
    InvalidToken BAD_REQUEST "invalid_token"
        "Invalid link or invitation" "This link or invitation is not valid or no longer valid."
    UserAlreadyExists BAD_REQUEST "user_already_exists"
        "User already exists" "User already exists"
    AuthenticationRequired UNAUTHORIZED "authentication_required"
        "Authentication required" "Sign in to continue."
    InvalidCredentials UNAUTHORIZED "invalid_credentials"
        "Invalid credentials" "Invalid credentials"
    InvalidAccessToken UNAUTHORIZED "invalid_access_token"
        "Invalid access token" "The access token is not valid."
    AccessTokenExpired UNAUTHORIZED "access_token_expired"
        "Access token expired" "The access token has expired."
    SessionEnded UNAUTHORIZED "session_ended"
        "Session ended" "The session has ended. Sign in again."
    StaleClaims UNAUTHORIZED "stale_claims"
        "Stale claims" "What you may do has changed. Refresh the session."
    InvalidRefreshToken UNAUTHORIZED "invalid_refresh_token"
        "Invalid refresh token" "The session cannot be continued. Sign in again."
    RefreshTokenReused UNAUTHORIZED "refresh_token_reused"
        "Refresh token reused" "The session was ended for safety. Sign in again."
    AccountDeactivated FORBIDDEN "account_deactivated"
        "Account deactivated" "Account is deactivated"
    EmailNotVerified FORBIDDEN "email_not_verified"
        "Email not verified" "Confirm your email address before you sign in."
    DeletionPending FORBIDDEN "deletion_pending"
        "Deletion pending" "This account is going to be deleted. Sign in and choose to keep it."
    RoleNotAllowed FORBIDDEN "role_not_allowed"
        "Role not allowed" "This role cannot be chosen without an invitation."
    RegistrationClosed FORBIDDEN "registration_closed"
        "Registration closed" "Sign-up is closed."
    CsrfRejected FORBIDDEN "csrf_rejected"
        "Cross-site request rejected" "This request did not come from a page of this service."
    Forbidden FORBIDDEN "forbidden"
        "Forbidden" "You may not do this."
    NotFound NOT_FOUND "not_found"
        "Not found" "There is nothing here."
    MethodNotAllowed METHOD_NOT_ALLOWED "method_not_allowed"
        "Method not allowed" "This cannot be done here."
    RequestTimeout REQUEST_TIMEOUT "request_timeout"
        "Request timeout" "The request took too long to arrive."
    UsernameTaken CONFLICT "username_taken"
        "Username taken" "This username is taken."
    LastAdmin CONFLICT "last_admin"
        "Last administrator" "The last administrator cannot be removed."
    KeyRotationPending CONFLICT "key_rotation_pending"
        "Key rotation pending" "The next signing key is published already."
    RequestInProgress CONFLICT "request_in_progress"
        "Request in progress" "The same request is still being worked on. Try again in a moment."
    BodyTooLarge PAYLOAD_TOO_LARGE "body_too_large"
        "Body too large" "The body is larger than 64 KiB."
    UnsupportedMediaType UNSUPPORTED_MEDIA_TYPE "unsupported_media_type"
        "Unsupported media type" "The body must be application/json."
    ValidationFailed UNPROCESSABLE_ENTITY "validation_failed"
        "Validation failed" "Some fields are not valid."
    IdempotencyKeyReused UNPROCESSABLE_ENTITY "idempotency_key_reused"
        "Idempotency key reused" "This Idempotency-Key was used for another request."
    HeadersTooLarge REQUEST_HEADER_FIELDS_TOO_LARGE "headers_too_large"
        "Headers too large" "The headers are larger than 16 KiB."
    TooManyAttempts TOO_MANY_REQUESTS "too_many_attempts"
        "Too many attempts" "Too many attempts. Try again later."
    PasswordStopped TOO_MANY_REQUESTS "password_stopped"
        "Password stopped" "Too many wrong passwords. Choose a new password by mail to sign in."
    InternalError INTERNAL_SERVER_ERROR "internal_error"
        "Internal error" "Something went wrong here. Try again later."
    Unavailable SERVICE_UNAVAILABLE "unavailable"
        "Unavailable" "The service is not available right now. Try again in a moment."
    Overloaded SERVICE_UNAVAILABLE "overloaded"
        "Overloaded" "The service is busy right now. Try again in a moment."
}

impl Code {
    /// What the client is to send next time (RFC 6750 §3): with a token that was refused, `error` says so; without
    /// one, nothing is told.
    pub(crate) fn challenge(self) -> Option<&'static str> {
        match self {
            Self::InvalidAccessToken | Self::AccessTokenExpired | Self::SessionEnded | Self::StaleClaims => {
                Some("Bearer error=\"invalid_token\"")
            }
            _ => (self.status() == StatusCode::UNAUTHORIZED).then_some("Bearer"),
        }
    }

    /// After how many seconds to try again.
    pub(crate) fn retry_after(self) -> Option<u32> {
        match self {
            Self::Overloaded => Some(1),
            Self::Unavailable => Some(5),
            _ => None,
        }
    }

    /// The code for an error that something else than doorward answered with.
    pub(crate) fn of_foreign(status: StatusCode) -> Self {
        let same_status = [Self::NotFound, Self::MethodNotAllowed, Self::BodyTooLarge, Self::UnsupportedMediaType];
        same_status.into_iter().find(|code| code.status() == status).unwrap_or(if status.is_client_error() {
            Self::MalformedRequest
        } else {
            Self::InternalError
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Code;

    #[test]
    fn no_two_codes_share_a_name() {
        let names: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(names.len(), Code::ALL.len());
    }

    #[test]
    fn names_are_snake_case() {
        for code in Code::ALL {
            assert!(code.as_str().bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{code:?}");
        }
    }

    /// The rows of the table in docs/errors.md are these codes, with these statuses and messages.
    #[test]
    fn the_documentation_lists_exactly_these_codes() {
        let (codes, _) = include_str!("../../../../docs/errors.md").split_once("## Codes of fields").unwrap();
        let documented: Vec<Vec<_>> = codes
            .lines()
            .filter_map(|line| line.strip_prefix("| `"))
            .map(|row| row.split('|').take(3).map(|cell| cell.trim().trim_end_matches('`').to_owned()).collect())
            .collect();
        let existing: Vec<Vec<_>> = Code::ALL
            .iter()
            .map(|code| vec![code.as_str().to_owned(), code.status().as_u16().to_string(), code.message().to_owned()])
            .collect();
        assert_eq!(documented, existing);
    }
}
