//! The words that people type about themselves, and what their browsers say: valid in one form, or refused.
#![no_main]

use doorward_domain::{
    Role,
    profile::candidate::Skills,
    session::{Device, UserAgent},
    text::{Line, PhoneNumber},
    token::one_time::OneTimeSecret,
    user::{EmailAddress, Locale, Password, PersonName, Username},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|raw: &str| {
    if let Ok(address) = EmailAddress::parse(raw) {
        let canonical = address.canonical();
        assert!(canonical.is_ascii() && canonical.len() <= EmailAddress::MAX && !canonical.contains(char::is_control));
        assert_eq!(canonical, canonical.to_ascii_lowercase());
        assert_eq!(canonical.matches('@').count(), 1);
        assert_eq!(format!("{}@{}", address.local_part(), address.domain()), canonical);
        let again = EmailAddress::parse(canonical).expect("a canonical address is one");
        assert_eq!(again.canonical(), canonical);
        assert_eq!(EmailAddress::parse(address.typed()).expect("what is kept is read").canonical(), canonical);
        assert!(Username::parse(canonical).is_err(), "no name is taken for an address");
    }
    if let Ok(name) = Username::parse(raw) {
        assert!((Username::MIN..=Username::MAX).contains(&name.canonical().len()));
        let again = Username::parse(name.canonical()).expect("a canonical name is one");
        assert_eq!(again.canonical(), name.canonical());
        assert!(name.canonical().eq_ignore_ascii_case(name.typed()));
    }
    if let Ok(line) = Line::parse(raw) {
        assert!((1..=Line::MAX).contains(&line.as_str().chars().count()));
        assert!(!line.as_str().contains(char::is_control));
        assert_eq!(Line::parse(line.as_str()).as_ref(), Ok(&line), "what is kept is read as it is");
    }
    if let Ok(part) = PersonName::parse_part(raw) {
        assert_eq!(PersonName::parse_part(part.as_str()).as_ref(), Ok(&part));
    }
    if let Ok(number) = PhoneNumber::parse(raw) {
        assert!(number.as_str().is_ascii() && number.as_str().len() <= PhoneNumber::MAX);
        assert_eq!(PhoneNumber::parse(number.as_str()).as_ref(), Ok(&number));
    }
    for locale in [Locale::parse(raw).ok(), Locale::preferred(raw)].into_iter().flatten() {
        let is_tag = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        assert!(is_tag(locale.as_str()) && locale.as_str().len() <= Locale::MAX, "never a path: {locale:?}");
        assert_eq!(Locale::parse(locale.as_str()).as_ref(), Ok(&locale));
        assert_eq!(locale.language(), locale.language().to_ascii_lowercase());
    }
    if let Some(agent) = UserAgent::keep(raw) {
        assert!(agent.as_str().chars().count() <= UserAgent::MAX && !agent.as_str().contains(char::is_control));
        assert_eq!(UserAgent::keep(agent.as_str()).as_ref(), Some(&agent));
        let device = Device { user_agent: Some(agent), ip_address: None };
        assert!(!device.label().is_empty());
    }
    if let Ok(password) = Password::parse(raw) {
        assert!(password.expose().chars().count() <= Password::MAX);
        assert_eq!(Password::parse(password.expose()).expect("it is one").expose(), password.expose());
    }
    if let Ok(role) = Role::parse(raw) {
        assert_eq!(role.as_str(), raw);
    }
    if let Some(secret) = OneTimeSecret::parse(raw) {
        assert_eq!(secret.text().expose(), raw, "a secret has one spelling");
    }
    let skills: Vec<&str> = raw.split('\n').collect();
    if let Ok(skills) = Skills::parse(&skills) {
        let kept: Vec<String> = skills.iter().map(str::to_owned).collect();
        assert_eq!(Skills::parse(&kept).as_ref(), Ok(&skills));
    }
});
