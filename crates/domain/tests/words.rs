//! What the words promise: where each begins and ends, and what is kept of it.

use doorward_domain::{
    Rejection, Role,
    profile::candidate::Skills,
    session::{Device, DeviceName, UserAgent},
    text::{Line, PhoneNumber},
    user::{
        EmailAddress, Identifier, Locale, Password, PasswordHash, PasswordPolicy, PersonName, Username,
        password_policy::PasswordContext,
    },
};

const fn too_long<T>(max: usize) -> Result<T, Rejection> {
    Err(Rejection::TooLong { max })
}

#[test]
fn a_line_has_1_to_200_characters() {
    assert_eq!(Line::parse("a").unwrap().as_str(), "a");
    assert_eq!(Line::parse(&"a".repeat(200)).unwrap().as_str().len(), 200);
    for length in [201, 202, 1000] {
        assert_eq!(Line::parse(&"a".repeat(length)), too_long(200));
    }
}

#[test]
fn a_telephone_number_has_3_digits_and_at_most_32_characters() {
    assert_eq!(PhoneNumber::parse("110").unwrap().as_str(), "110");
    assert_eq!(PhoneNumber::parse(&"1".repeat(32)).unwrap().as_str().len(), 32);
    assert_eq!(PhoneNumber::parse(&"1".repeat(33)), too_long(32));
    for raw in ["11", "+1 1", "110 a", "call 110"] {
        assert!(matches!(PhoneNumber::parse(raw), Err(Rejection::Malformed { .. })), "{raw}");
    }
}

#[test]
fn a_name_has_two_parts_and_is_shown_as_both() {
    let part = |raw: &str| PersonName::parse_part(raw).unwrap();
    let name = PersonName::new(part(" Jane "), part("Doe"));
    assert_eq!((name.first().as_str(), name.last().as_str()), ("Jane", "Doe"));
    assert_eq!(name.full(), "Jane Doe");
    assert_eq!(PersonName::parse_part(" "), Err(Rejection::Required));
    assert_eq!(PersonName::parse_part(&"a".repeat(PersonName::MAX + 1)), too_long(PersonName::MAX));
}

#[test]
fn a_username_has_3_to_64_characters() {
    for length in [3, 4, 64] {
        assert_eq!(Username::parse(&"a".repeat(length)).unwrap().typed().len(), length);
    }
    for length in [65, 66, 1000] {
        assert_eq!(Username::parse(&"a".repeat(length)), too_long(64));
    }
    for short in ["a", "ab"] {
        assert_eq!(Username::parse(short), Err(Rejection::TooShort { min: 3 }));
    }
    assert_eq!(Username::parse(" "), Err(Rejection::Required));
    for raw in [".jane", "_jane", "ja ne", "jan\u{e9}"] {
        assert!(matches!(Username::parse(raw), Err(Rejection::Malformed { .. })), "{raw}");
    }
    assert_eq!(Username::parse("7.of_9-x").unwrap().typed(), "7.of_9-x");
}

/// An address of so many characters.
fn address(length: usize) -> String {
    let labels = format!("{}.{}.{}", "b".repeat(63), "c".repeat(63), "d".repeat(60));
    format!("{}@{labels}.x", "a".repeat(length - labels.len() - 3))
}

#[test]
fn an_address_has_at_most_254_characters_in_both_of_its_forms() {
    assert_eq!(EmailAddress::parse(&address(254)).unwrap().typed(), address(254));
    assert_eq!(EmailAddress::parse(&address(255)), too_long(254));
    assert_eq!(EmailAddress::parse(&"a".repeat(300)), too_long(254));
    // In ASCII each of these takes 7 characters more.
    let wide = |labels: usize, local: usize| {
        let domain = vec!["\u{fc}".repeat(4); labels].join(".");
        let raw = format!("{}@{domain}.example", "a".repeat(local));
        let ascii = format!("{}.example", vec!["xn--tdaaaa"; labels].join(".")).len() + 1 + local;
        (EmailAddress::parse(&raw).map(|address| address.canonical().len()), ascii)
    };
    for (labels, local) in [(20, 25), (20, 26), (20, 27), (20, 64)] {
        let (parsed, ascii) = wide(labels, local);
        assert_eq!(parsed, if ascii <= 254 { Ok(ascii) } else { too_long(254) }, "{ascii}");
    }
}

#[test]
fn an_identifier_is_an_address_or_a_username() {
    let Ok(Identifier::Email(email)) = Identifier::parse("Jane@Example.com") else { panic!("it is an address") };
    assert_eq!((email.canonical(), email.local_part(), email.domain()), ("jane@example.com", "jane", "example.com"));
    assert_eq!(format!("{email:?}"), "EmailAddress(…@example.com)");
    let Ok(Identifier::Username(name)) = Identifier::parse("Jane") else { panic!("it is a username") };
    assert_eq!(name.canonical(), "jane");
}

#[test]
fn a_language_tag_has_at_most_35_characters() {
    let tag = |last: usize| format!("en-{}-{}-{}-{}", "a".repeat(8), "b".repeat(8), "c".repeat(8), "d".repeat(last));
    assert_eq!(Locale::parse(&tag(5)).unwrap().as_str(), tag(5));
    assert_eq!(tag(5).len(), 35);
    for last in [6, 7, 8] {
        assert_eq!(Locale::parse(&tag(last)), too_long(35));
    }
    for raw in ["e", "123", "e1", "en-", "-en", "en-ab\u{df}", "abcdefghi"] {
        assert!(matches!(Locale::parse(raw), Err(Rejection::Malformed { .. })), "{raw}");
    }
    assert_eq!(Locale::parse(" "), Err(Rejection::Required));
    assert_eq!(Locale::parse("sl-1994").unwrap().language(), "sl");
}

#[test]
fn a_password_is_kept_as_it_was_typed() {
    assert_eq!(Password::parse("correct horse").unwrap().expose(), "correct horse");
    assert_eq!(PasswordHash::new("$2b$04$x".to_owned()).expose(), "$2b$04$x");
    for length in [129, 130, 500] {
        assert_eq!(Password::parse(&"a".repeat(length)).err(), Some(Rejection::TooLong { max: 128 }));
    }
}

#[test]
fn a_password_of_the_fewest_characters_may_be_chosen() {
    let check = |raw: &str| {
        let username = Username::parse("Jane_77").unwrap();
        let context = PasswordContext { email: None, username: Some(&username), name: None };
        PasswordPolicy { min_length: 8 }.check(&Password::parse(raw).unwrap(), context)
    };
    assert_eq!(check("qwqwqwqw"), Ok(()));
    assert_eq!(check("qwqwqwq"), Err(Rejection::TooShort { min: 8 }));
    assert_eq!(check("jane.77.jane.77"), Err(Rejection::GuessablePassword));
    assert_eq!(check("jane77jane7"), Ok(()), "only whole words count");
    assert_eq!(check("jane77 is who I am"), Ok(()));
}

#[test]
fn a_list_of_skills_has_at_most_50() {
    let many = |count: usize| (0..count).map(|n| format!("skill {n}")).collect::<Vec<_>>();
    assert_eq!(Skills::parse(&many(50)).unwrap().iter().count(), 50);
    for count in [51, 52, 500] {
        assert_eq!(Skills::parse(&many(count)), Err(Rejection::TooMany { max: 50 }));
    }
    assert_eq!(Skills::parse(&["Rust", " "]), Err(Rejection::Required));
}

#[test]
fn a_device_is_called_by_as_much_as_is_known_of_it() {
    let name = |agent: &str| Device { user_agent: UserAgent::keep(agent), ip_address: None }.name();
    let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    assert_eq!(UserAgent::keep(firefox).unwrap().as_str(), firefox);
    let (browser, system) = ("Firefox".to_owned(), "Linux".to_owned());
    assert_eq!(name(firefox), DeviceName::Browser { name: browser, system });
    let elsewhere = "Mozilla/5.0 (Something; rv:140.0) Gecko/20100101 Firefox/140.0";
    assert_eq!(name(elsewhere), DeviceName::Client("Firefox".to_owned()));
    let unheard_of = "Mozilla/5.0 (X11; Linux x86_64) Something/1.0";
    assert_eq!(name(unheard_of), DeviceName::Client("Mozilla".to_owned()));
    assert_eq!(name(" / my-app/2"), DeviceName::Client("my-app".to_owned()));
    assert_eq!(name("//"), DeviceName::Unknown);
    assert_eq!(Device::default().name(), DeviceName::Unknown);
    assert_eq!(Device::default().label(), "Unknown device");
}

#[test]
fn a_role_is_printed_by_its_name() {
    assert_eq!(Role::ALL.map(|role| role.to_string()), Role::ALL.map(|role| role.as_str().to_owned()));
}

#[test]
fn each_reason_to_refuse_a_word_has_a_code_of_its_own() {
    let all = [
        (Rejection::Required, "required"),
        (Rejection::TooShort { min: 1 }, "too_short"),
        (Rejection::TooLong { max: 1 }, "too_long"),
        (Rejection::TooMany { max: 1 }, "too_many"),
        (Rejection::Malformed { expected: "a word" }, "malformed"),
        (Rejection::ControlCharacter, "control_character"),
        (Rejection::CommonPassword, "common_password"),
        (Rejection::BreachedPassword, "breached_password"),
        (Rejection::GuessablePassword, "guessable_password"),
        (Rejection::DomainNotAllowed, "domain_not_allowed"),
        (Rejection::ChosenLater, "chosen_later"),
    ];
    assert_eq!(all.map(|(rejection, _)| rejection.code()), all.map(|(_, code)| code));
}
