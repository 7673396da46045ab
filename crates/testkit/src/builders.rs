//! Users, sessions and profiles to begin a test with.
//!
//! They are made from a number, and valid; what matters to a test, it sets: `User { role: Role::Admin, ..user(1) }`.

use std::{net::Ipv4Addr, time::Duration};

use doorward_application::ports::{Claim, Facts, Message, MessageKind};
use doorward_domain::{
    AuditEventId, Digest, InvitationId, MessageId, OneTimeTokenId, RefreshKeyId, Role, Secret, SessionId, Timestamp,
    TokenId, UserId,
    audit::{AuditEvent, AuditKind},
    invitation::Invitation,
    profile::{AdminProfile, CandidateProfile, EmployerProfile, Profile, candidate::Skills},
    session::{Device, RefreshState, Session, UserAgent},
    text::{Line, PhoneNumber},
    token::{OneTimePurpose, OneTimeSecret, OneTimeToken},
    user::{EmailAddress, Locale, PasswordHash, PersonName, User, UserStatus, Username},
};

use crate::{CountingIds, CountingSecrets};

/// 2026-01-01T12:00:00.123456Z: a moment with microseconds.
#[must_use]
pub fn noon() -> Timestamp {
    Timestamp::from_timestamp_micros(1_767_268_800_123_456).expect("a moment")
}

/// A line.
#[must_use]
pub fn line(text: &str) -> Line {
    Line::parse(text).expect("a line")
}

/// An active candidate, `user1@example.com`, `user1`, with a fresh account.
#[must_use]
pub fn user(n: u32) -> User {
    User {
        id: UserId::new(CountingIds::nth(n.into(), noon())),
        email: EmailAddress::parse(&format!("User{n}@Example.com")).expect("an address"),
        email_verified_at: None,
        proof_due_at: None,
        username: Some(Username::parse(&format!("User{n}")).expect("a username")),
        name: PersonName::new(line("Jane"), line("Doe")),
        locale: Locale::default(),
        role: Role::Candidate,
        status: UserStatus::Active,
        epoch: 0,
        credential_version: 0,
        created_at: noon(),
        last_login_at: None,
        deletes_at: None,
    }
}

/// What might be the hash of a password.
#[must_use]
pub fn password_hash(n: u32) -> PasswordHash {
    PasswordHash::new(format!("$plain$password{n}"))
}

/// A profile of this role with every field filled.
#[must_use]
pub fn profile(role: Role) -> Profile {
    let phone_number = Some(PhoneNumber::parse("+49 (30) 123-456").expect("a telephone number"));
    match role {
        Role::Candidate => Profile::Candidate(CandidateProfile {
            phone_number,
            location: Some(line("Zürich")),
            title: Some(line("Engineer")),
            skills: Skills::parse(&["Rust", "SQL", "A \"quoted\", one", "Ж"]).expect("skills"),
        }),
        Role::Employer => Profile::Employer(EmployerProfile {
            company_name: line("Tech Corp"),
            company_email: Some(EmailAddress::parse("Office@Tech.example").expect("an address")),
            phone_number,
            company_location: Some(line("Köln")),
            industry: Some(line("Software")),
        }),
        Role::Admin => Profile::Admin(AdminProfile { phone_number }),
    }
}

/// A session that the user opened at noon for 7 days, or 30 if it is refreshed.
#[must_use]
pub fn session(user: &User, n: u32) -> Session {
    Session {
        id: SessionId::new(CountingIds::nth(n.into(), noon())),
        user_id: user.id,
        device: Device {
            user_agent: UserAgent::keep("my-app/1.2"),
            ip_address: Some(Ipv4Addr::new(192, 0, 2, 1).into()),
        },
        remembered: true,
        created_at: noon(),
        last_seen_at: noon(),
        idle_expires_at: noon() + Duration::from_hours(7 * 24),
        absolute_expires_at: noon() + Duration::from_hours(30 * 24),
        ended: None,
        access_token_id: TokenId::new(CountingIds::nth(n.into(), noon())),
        refresh: RefreshState {
            generation: 0,
            rotated_at: noon(),
            nonce_digest: Digest::of(&n.to_be_bytes()),
            key_id: RefreshKeyId::new(CountingIds::nth(1, noon())),
        },
    }
}

/// A token that proves the user's address for 24 hours from noon.
#[must_use]
pub fn one_time_token(user: &User, n: u32) -> OneTimeToken {
    OneTimeToken {
        id: OneTimeTokenId::new(CountingIds::nth(n.into(), noon())),
        user_id: user.id,
        purpose: OneTimePurpose::VerifyEmail,
        address: user.email.clone(),
        digest: Digest::of(&n.to_be_bytes()),
        created_at: noon(),
        expires_at: noon() + OneTimePurpose::VerifyEmail.lifetime(),
    }
}

/// A message that asks the user to prove the address.
#[must_use]
pub fn message(user: &User, n: u32) -> Message {
    Message {
        id: MessageId::new(CountingIds::nth(n.into(), noon())),
        user_id: Some(user.id),
        to: user.email.clone(),
        name: Some(user.name.full()),
        locale: user.locale.clone(),
        kind: MessageKind::VerifyEmail,
        token: Some(OneTimeSecret::new(Secret::new(CountingSecrets::nth(n.into())))),
        facts: Facts { expires_at: Some(noon() + OneTimePurpose::VerifyEmail.lifetime()), ..Facts::default() },
        created_at: noon(),
    }
}

/// The same message once more. It has no `Clone`, so that its secret is not copied by accident.
#[must_use]
pub fn copy_of(message: &Message) -> Message {
    let Message { id, user_id, to, name, locale, kind, token, facts, created_at } = message;
    Message {
        id: *id,
        user_id: *user_id,
        to: to.clone(),
        name: name.clone(),
        locale: locale.clone(),
        kind: *kind,
        token: token.as_ref().map(OneTimeSecret::copy),
        facts: facts.clone(),
        created_at: *created_at,
    }
}

/// An invitation of `invited1@example.com` for an employer, open for 7 days from noon.
#[must_use]
pub fn invitation(n: u32) -> Invitation {
    Invitation {
        id: InvitationId::new(CountingIds::nth(n.into(), noon())),
        email: EmailAddress::parse(&format!("Invited{n}@Example.com")).expect("an address"),
        role: Role::Employer,
        company: Some(line("Tech Corp")),
        invited_by: user(1).id,
        digest: Digest::of(&n.to_be_bytes()),
        created_at: noon(),
        expires_at: noon() + Duration::from_hours(7 * 24),
        closed: None,
    }
}

/// The entry of a sign-in by the user at noon.
#[must_use]
pub fn audit_event(user: &User, n: u32) -> AuditEvent {
    let session = session(user, n);
    AuditEvent {
        id: AuditEventId::new(CountingIds::nth(n.into(), noon())),
        at: noon(),
        kind: AuditKind::SignedIn,
        actor_id: Some(user.id),
        user_id: Some(user.id),
        session_id: Some(session.id),
        identifier: None,
        device: session.device,
        detail: None,
    }
}

/// The wish of someone who is not signed in to do a request: alone for a minute from noon, to be answered for a day.
#[must_use]
pub fn claim(n: u32) -> Claim {
    Claim {
        key: Digest::of(&n.to_be_bytes()),
        request: Digest::of(b"the request"),
        user_id: None,
        holder: CountingIds::nth(n.into(), noon()),
        held_until: noon() + Duration::from_mins(1),
        kept_until: noon() + Duration::from_hours(24),
    }
}
