//! How long things last, and what they are called where they are kept.
#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

mod a_session;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use a_session::{at, opened, token};
use doorward_domain::{
    Digest, InvitationId, OneTimeTokenId, Role, Secret, SessionId, Timestamp, TokenId, UserId,
    invitation::{Invitation, InvitationEnd, InvitationState},
    profile::{
        AdminProfileChange, CandidateProfileChange, EmployerProfileChange, Profile, ProfileChange, ProfileSeed,
        candidate::Skills,
    },
    revocation::{Revocation, position_at},
    session::{EndReason, Nonce, Rotation, SessionEnd, SessionLifetime, SessionState},
    text::{Line, PhoneNumber},
    token::one_time::{FIRST_PASSWORD_WITHIN, OneTimePurpose, OneTimeSecret},
    user::{EmailAddress, Locale, PersonName, User, UserStatus},
};
use uuid::Uuid;
use zeroize::Zeroize;

const HOUR: Duration = Duration::from_hours(1);

fn jane() -> User {
    let part = |raw: &str| PersonName::parse_part(raw).unwrap();
    User {
        id: UserId::new(Uuid::from_u128(2)),
        email: EmailAddress::parse("jane@example.com").unwrap(),
        email_verified_at: None,
        proof_due_at: Some(at(600)),
        username: None,
        name: PersonName::new(part("Jane"), part("Doe")),
        locale: Locale::default(),
        role: Role::Candidate,
        status: UserStatus::Active,
        epoch: 0,
        credential_version: 0,
        created_at: at(0),
        last_login_at: None,
        deletes_at: None,
    }
}

#[test]
fn who_is_deactivated_or_to_be_deleted_may_not_sign_in() {
    assert!(jane().may_sign_in());
    assert!(!User { status: UserStatus::Deactivated, ..jane() }.may_sign_in());
    assert!(!User { deletes_at: Some(at(1)), ..jane() }.may_sign_in());
}

#[test]
fn an_address_stays_proven_since_it_first_was() {
    let mut user = jane();
    user.prove_email(at(1));
    assert_eq!((user.email_verified_at, user.proof_due_at), (Some(at(1)), None));
    user.prove_email(at(2));
    assert_eq!(user.email_verified_at, Some(at(1)));
}

#[test]
fn a_session_is_live_until_the_moment_at_which_it_ends() {
    for session in [opened(at(10), at(99)), opened(at(99), at(10))] {
        assert_eq!(session.state(at(9)), SessionState::Live);
        assert!(session.is_live(at(9)));
        for over in [at(10), at(11)] {
            assert_eq!(session.state(over), SessionState::Expired);
            assert!(!session.is_live(over));
        }
    }
    let mut ended = opened(at(10), at(10));
    ended.ended = Some(SessionEnd { at: at(1), reason: EndReason::LoggedOut });
    assert_eq!((ended.state(at(2)), ended.state(at(20))), (SessionState::Ended, SessionState::Ended));
}

#[test]
fn what_is_idle_ends_after_a_while_and_never_after_the_absolute_end() {
    let lifetime = SessionLifetime { idle: HOUR, absolute: HOUR * 2 };
    assert_eq!(lifetime.idle_end(at(0), at(7200)), at(3600));
    assert_eq!(lifetime.idle_end(at(5000), at(7200)), at(7200));
}

#[test]
fn a_rotation_moves_all_that_it_is_about_and_nothing_else() {
    let session = opened(at(10), at(99));
    let access_token_id = TokenId::new(Uuid::from_u128(9));
    let rotation = Rotation { to: 5, at: at(7), idle_expires_at: at(17), access_token_id };
    let rotated = session.clone().rotated(&rotation);
    let mut expected = session;
    expected.refresh.generation = 5;
    expected.refresh.rotated_at = at(7);
    expected.last_seen_at = at(7);
    expected.idle_expires_at = at(17);
    expected.access_token_id = access_token_id;
    assert_eq!(rotated, expected);
    assert_eq!(rotated.rotated(&Rotation { at: at(6), ..rotation }).last_seen_at, at(7), "nobody is seen earlier");
}

#[test]
fn a_token_of_another_generation_is_otherwise_the_same() {
    let session = opened(at(10), at(99));
    let next = token(&session, 3).of_generation(4);
    assert_eq!((next.generation, next.session_id), (4, session.id));
    assert_eq!(next.nonce.expose().as_bytes(), token(&session, 3).nonce.expose().as_bytes());
    assert_eq!(Nonce::new([3; 16]).as_bytes(), &[3; 16]);
    assert_eq!(Nonce::new([3; 16]).digest(), Digest::of(&[3; 16]));
}

#[test]
fn an_invitation_is_open_until_the_moment_at_which_it_expires() {
    let invitation = Invitation {
        id: InvitationId::new(Uuid::from_u128(1)),
        email: EmailAddress::parse("jane@example.com").unwrap(),
        role: Role::Admin,
        company: None,
        invited_by: UserId::new(Uuid::from_u128(2)),
        digest: Digest::of(b"secret"),
        created_at: at(0),
        expires_at: at(10),
        closed: None,
    };
    let states = [at(9), at(10), at(11)].map(|now| invitation.state(now));
    assert_eq!(states, [InvitationState::Open, InvitationState::Expired, InvitationState::Expired]);
    let closed = |end| Invitation { closed: Some(end), ..invitation.clone() }.state(at(11));
    let by = UserId::new(Uuid::from_u128(3));
    assert_eq!(closed(InvitationEnd::Accepted { at: at(1), by }), InvitationState::Accepted);
    assert_eq!(closed(InvitationEnd::Withdrawn { at: at(1) }), InvitationState::Withdrawn);
}

/// What stands in databases and answers cannot be called otherwise.
#[test]
fn names_that_are_kept_do_not_change() {
    let ends = EndReason::ALL.map(EndReason::as_str);
    assert_eq!(ends[..4], ["logged_out", "revoked", "replaced", "evicted"]);
    assert_eq!(ends[4..7], ["refresh_token_reused", "user_removed", "password_changed"]);
    assert_eq!(ends[7..], ["disowned", "ended_by_admin"]);
    let purposes = OneTimePurpose::ALL.map(OneTimePurpose::as_str);
    assert_eq!(purposes, ["verify_email", "reset_password", "confirm_email", "undo_email_change", "disown"]);
    let states =
        [InvitationState::Open, InvitationState::Accepted, InvitationState::Withdrawn, InvitationState::Expired];
    let states = states.map(InvitationState::as_str);
    assert_eq!(states, ["open", "accepted", "withdrawn", "expired"]);
}

#[test]
fn a_link_is_good_for_as_long_as_its_purpose_says() {
    let lifetimes = OneTimePurpose::ALL.map(OneTimePurpose::lifetime);
    assert_eq!(lifetimes, [HOUR * 24, HOUR / 2, HOUR * 24, HOUR * 24 * 7, HOUR * 24 * 7]);
    assert_eq!(FIRST_PASSWORD_WITHIN, HOUR * 24);
}

#[test]
fn a_copy_of_a_links_secret_is_the_same_secret() {
    let secret = OneTimeSecret::new(Secret::new([5; 32]));
    assert_eq!(secret.copy().text().expose(), secret.text().expose());
    assert_eq!(secret.copy().digest(), Digest::of(&[5; 32]));
    assert_eq!(OneTimeTokenId::new(Uuid::from_u128(1)).to_string(), Uuid::from_u128(1).to_string());
}

#[test]
fn a_stored_digest_is_the_one_that_was_stored() {
    let digest = Digest::of(b"abc");
    assert_eq!(Digest::from_bytes(*digest.as_bytes()), digest);
    assert_ne!(Digest::of(b"abd"), digest);
}

/// A value that tells whether it was wiped.
#[derive(Default)]
struct Watched(Arc<AtomicBool>);

impl Zeroize for Watched {
    fn zeroize(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[test]
fn a_secret_is_wiped_when_nobody_has_it_any_more() {
    let wiped = Arc::new(AtomicBool::new(false));
    let secret = Secret::new(Watched(Arc::clone(&wiped)));
    assert!(!wiped.load(Ordering::SeqCst));
    drop(secret);
    assert!(wiped.load(Ordering::SeqCst));
    assert_eq!(Secret::from("secret").into_inner(), "secret");
}

#[test]
fn a_place_in_the_log_is_a_moment_in_microseconds() {
    assert_eq!(position_at(Timestamp::UNIX_EPOCH + chrono::TimeDelta::microseconds(7)), 7);
    assert_eq!(position_at(Timestamp::UNIX_EPOCH - chrono::TimeDelta::microseconds(7)), 0);
}

#[test]
fn only_what_others_have_not_seen_end_stays_out_of_the_log() {
    let (session, user) = (SessionId::new(Uuid::from_u128(1)), UserId::new(Uuid::from_u128(2)));
    let logged = [
        Revocation::SessionEnded(session),
        Revocation::AccessChanged { user_id: user, epoch: 1 },
        Revocation::UserChanged(user),
        Revocation::KeyRevoked("k".to_owned()),
        Revocation::KeysChanged,
    ];
    assert!(logged.iter().all(Revocation::is_logged));
    assert!(![Revocation::EndedBefore(session), Revocation::Reread(user)].iter().any(Revocation::is_logged));
}

#[test]
fn a_profile_begins_with_what_was_given_and_changes_as_it_is_told() {
    let line = |raw: &str| Line::parse(raw).unwrap();
    let number = PhoneNumber::parse("+49 30 1234").unwrap();
    let seed = ProfileSeed { company: Some("Tech Corp".to_owned()), phone_number: Some("+49 30 1234".to_owned()) };
    let begun = |role| Profile::begin(role, &seed).unwrap();

    let Profile::Candidate(mut candidate) = begun(Role::Candidate) else { panic!("a candidate's") };
    assert_eq!((&candidate.phone_number, &candidate.title), (&Some(number.clone()), &None));
    let skills = Skills::parse(&["Rust"]).unwrap();
    let mut profile = Profile::Candidate(candidate.clone());
    let change = CandidateProfileChange {
        phone_number: Some(None),
        location: None,
        title: Some(Some(line("Engineer"))),
        skills: Some(skills.clone()),
    };
    assert_eq!(profile.apply(ProfileChange::Candidate(change)), Ok(()));
    (candidate.phone_number, candidate.title, candidate.skills) = (None, Some(line("Engineer")), skills);
    assert_eq!(profile, Profile::Candidate(candidate));

    let Profile::Employer(mut employer) = begun(Role::Employer) else { panic!("an employer's") };
    assert_eq!((&employer.company_name, &employer.phone_number), (&line("Tech Corp"), &Some(number.clone())));
    let mut profile = Profile::Employer(employer.clone());
    let change = EmployerProfileChange { industry: Some(Some(line("Software"))), ..EmployerProfileChange::default() };
    assert_eq!(profile.apply(ProfileChange::Employer(change)), Ok(()));
    employer.industry = Some(line("Software"));
    assert_eq!(profile.company(), Some(&line("Tech Corp")));
    assert_eq!(profile, Profile::Employer(employer));

    let Profile::Admin(admin) = begun(Role::Admin) else { panic!("an administrator's") };
    assert_eq!(admin.phone_number, Some(number));
    let mut profile = Profile::Admin(admin);
    assert_eq!(profile.apply(ProfileChange::Admin(AdminProfileChange { phone_number: Some(None) })), Ok(()));
    let Profile::Admin(admin) = profile else { panic!("it stays an administrator's") };
    assert_eq!(admin.phone_number, None);
}
