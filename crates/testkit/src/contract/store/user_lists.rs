//! Lists of users.

use doorward_application::ports::UserFilter;
use doorward_domain::{
    Role, UserId,
    user::{EmailAddress, PersonName, User, UserStatus, Username},
};

use super::{Outcome, Subject, add_user, read, write};
use crate::builders::{line, noon, user};

/// Someone of these names, with no username.
fn named(n: u32, first: &str, last: &str) -> User {
    User { username: None, name: PersonName::new(line(first), line(last)), ..user(n) }
}

/// Whom another process finds.
async fn list(
    subject: &Subject,
    filter: &UserFilter,
    after: Option<UserId>,
    limit: u32,
) -> Result<Vec<User>, Box<dyn std::error::Error + Send + Sync>> {
    Ok(read(&subject.elsewhere).await?.users().list(filter, after, limit).await?)
}

/// The numbers of those whom a search finds, the latest first.
async fn search(subject: &Subject, text: &str) -> Result<Vec<u32>, Box<dyn std::error::Error + Send + Sync>> {
    let filter = UserFilter { search: Some(text.to_owned()), ..UserFilter::default() };
    let found = list(subject, &filter, None, 50).await?;
    let number = |user: &User| (0..100).find(|n| crate::builders::user(*n).id == user.id);
    Ok(found.iter().filter_map(number).collect())
}

pub async fn users_are_listed_the_latest_first_page_by_page(subject: &Subject) -> Outcome {
    let users: Vec<_> = (1..=7).map(user).collect();
    for user in users.iter().rev() {
        add_user(&subject.store, user).await?;
    }
    let mut listed = Vec::<User>::new();
    for page in [3, 3, 1, 0] {
        let found = list(subject, &UserFilter::default(), listed.last().map(|user| user.id), 3).await?;
        assert_eq!(found.len(), page);
        listed.extend(found);
    }
    listed.reverse();
    assert_eq!(listed, users);
    Ok(())
}

pub async fn users_are_found_by_how_a_name_of_theirs_begins(subject: &Subject) -> Outcome {
    let jane = User {
        email: EmailAddress::parse("J.Doe+x@BÜCHER.example")?,
        username: Some(Username::parse("Fred_99")?),
        ..named(1, "Jane", "O'Hara Smith")
    };
    let john = User { email: EmailAddress::parse("smith%@example.com")?, ..named(2, "John", "Jones") };
    for user in [&jane, &john] {
        add_user(&subject.store, user).await?;
    }
    for (text, found) in [
        ("j", &[2, 1][..]),
        ("J.DOE", &[1]),
        ("j.doe+x@bücher.example", &[1]),
        ("j.doe+x@xn--bcher", &[1]),
        ("fred", &[1]),
        ("FRED_99", &[1]),
        ("jane", &[1]),
        ("Jane O'H", &[1]),
        ("o'hara s", &[1]),
        ("Jo", &[2]),
        ("john jones", &[2]),
        ("smith", &[2]),
        ("smith%", &[2]),
        ("", &[2, 1]),
        // In the middle, or too long, or of a pattern.
        ("doe", &[]),
        ("bücher", &[]),
        ("hara", &[]),
        ("janet", &[]),
        ("john jones ", &[]),
        ("%", &[]),
        ("_red", &[]),
        ("j%", &[]),
        ("j*", &[]),
        ("\u{10ffff}", &[]),
    ] {
        assert_eq!(search(subject, text).await?, found, "{text:?}");
    }
    Ok(())
}

pub async fn a_search_has_no_regard_to_case_in_any_script(subject: &Subject) -> Outcome {
    for (n, name) in (1..).zip(["Straße", "Ὀδυσσεύς", "Жанна", "Zoë", "J\u{30c}ane", "Élise", "İnci"])
    {
        add_user(&subject.store, &named(n, name, "Doe")).await?;
    }
    for (text, found) in [
        ("STRASSE", &[1][..]),
        ("strass", &[1]),
        ("straß", &[1]),
        ("ὈΔΥΣ", &[2]),
        ("ὀδυσσεύς", &[2]),
        ("ὈΔΥΣΣΕΎΣ", &[2]),
        ("жан", &[3]),
        ("ЖАННА D", &[3]),
        ("ZOË", &[4]),
        ("zoe\u{308}", &[4]),
        ("\u{1f0}ANE", &[5]),
        ("J\u{30c}", &[5]),
        ("éLISE", &[6]),
        ("elise", &[]),
        ("İNC", &[7]),
    ] {
        assert_eq!(search(subject, text).await?, found, "{text:?}");
    }
    Ok(())
}

pub async fn every_filter_narrows(subject: &Subject) -> Outcome {
    let users: Vec<_> = (1..=24)
        .map(|n| User {
            role: Role::ALL[n as usize % Role::ALL.len()],
            status: if n % 4 == 0 { UserStatus::Deactivated } else { UserStatus::Active },
            ..named(n, if n % 2 == 0 { "Even" } else { "Odd" }, "Doe")
        })
        .collect();
    for user in &users {
        add_user(&subject.store, user).await?;
    }
    let roles = || Role::ALL.into_iter().map(Some).chain([None]);
    for search in [None, Some("even"), Some("odd doe"), Some("doe"), Some("nobody")] {
        for (role, active) in roles().flat_map(|role| [None, Some(true), Some(false)].map(|active| (role, active))) {
            let filter = UserFilter { search: search.map(str::to_owned), role, active };
            let after = users[20].id;
            let is_meant = |user: &&User| {
                let full = user.name.full().to_lowercase();
                user.id < after
                    && search.is_none_or(|search| full.starts_with(search) || search == "doe")
                    && role.is_none_or(|role| role == user.role)
                    && active.is_none_or(|active| active == user.status.is_active())
            };
            let expected: Vec<_> = users.iter().rev().filter(is_meant).take(4).cloned().collect();
            assert_eq!(list(subject, &filter, Some(after), 4).await?, expected, "{filter:?}");
        }
    }
    Ok(())
}

pub async fn users_are_found_by_the_names_they_have_now(subject: &Subject) -> Outcome {
    let before = User { username: Some(Username::parse("before")?), ..named(1, "Anna", "Berg") };
    let bystander = named(2, "Anna", "Berg");
    add_user(&subject.store, &before).await?;
    add_user(&subject.store, &bystander).await?;
    let married = User { name: PersonName::new(line("Anna"), line("Tal")), ..before.clone() };
    let moved = User { email: EmailAddress::parse("anna@example.org")?, ..married.clone() };
    let renamed = User { username: Some(Username::parse("after")?), ..moved.clone() };
    let promoted = User { role: Role::Employer, ..renamed.clone() };
    let texts = ["berg", "tal", "anna tal", "user1@", "anna@", "before", "after"];
    let mut unit = write(&subject.store).await?;
    unit.users().record_login(before.id, noon()).await?;
    unit.commit().await?;
    for (user, found) in [
        (before.clone(), [true, false, false, true, false, true, false]),
        (married, [false, true, true, true, false, true, false]),
        (moved, [false, true, true, false, true, true, false]),
        (renamed, [false, true, true, false, true, false, true]),
        (promoted, [false, true, true, false, true, false, true]),
        (before, [true, false, false, true, false, true, false]),
    ] {
        let mut unit = write(&subject.store).await?;
        unit.users().lock(user.id).await?;
        unit.users().update(&user).await?;
        unit.commit().await?;
        for (text, found) in texts.iter().zip(found) {
            assert_eq!(search(subject, text).await?.contains(&1), found, "{text}");
        }
        assert!(search(subject, "berg").await?.contains(&2));
    }
    Ok(())
}
