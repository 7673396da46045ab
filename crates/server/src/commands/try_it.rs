//! What a person who has just started the server can try.

use std::net::SocketAddr;

use doorward_domain::Role;
use doorward_settings::{Settings, origin::reachable};

const PASSWORD: &str = "salt wind over the harbour";

/// Three lines for a shell: sign up, sign in, ask who one is; and where there is more. `None` if the settings would refuse one of them. The
/// tag makes the address a fresh one.
pub(super) fn lines(settings: &Settings, bound: SocketAddr, tag: &str) -> Option<String> {
    let rules = &settings.registration;
    let welcome = rules.enabled
        && rules.self_service_roles.contains(&Role::Candidate)
        && rules.reveal_existing_accounts
        && !rules.require_verified_email
        && PASSWORD.len() >= settings.passwords.min_length as usize;
    if !welcome {
        return None;
    }
    let url = format!("http://{}", reachable(bound));
    let domain = rules.allowed_domains.first().map_or("example.com", |domain| domain.as_str());
    let credential = format!(r#""email":"jane-{tag}@{domain}","password":"{PASSWORD}""#);
    let json = "-H 'Content-Type: application/json'";
    let sign_in = format!("curl -s {url}/auth/login {json} -d '{{{credential}}}'");
    Some(format!(
        r#"
Try it:

curl -s {url}/auth/register {json} -d '{{{credential},"firstName":"Jane","lastName":"Doe"}}'

{sign_in}

curl -s {url}/auth/me -H "Authorization: Bearer $({sign_in} | sed 's/.*"accessToken":"\([^"]*\)".*/\1/')"

In a browser: {url}/login

The description of all routes: {url}/docs
"#
    ))
}

#[cfg(test)]
mod tests {
    use doorward_settings::{Sources, load};

    use super::lines;

    fn is_shown(settings: &[(&str, &str)]) -> bool {
        let environment = settings.iter().map(|(key, value)| (format!("DOORWARD__{key}"), (*value).to_owned()));
        let sources = Sources {
            dir: "nowhere".into(),
            env_name: Sources::DEVELOPMENT.to_owned(),
            environment: environment.collect(),
        };
        let settings = load(sources).unwrap_or_else(|problems| panic!("{problems}"));
        lines(&settings, settings.http.address, "1a2b").is_some()
    }

    #[test]
    fn nothing_is_shown_that_the_settings_would_refuse() {
        assert!(is_shown(&[]));
        assert!(is_shown(&[("PASSWORDS__MIN_LENGTH", "26")]));
        for refusing in [
            ("PASSWORDS__MIN_LENGTH", "27"),
            ("REGISTRATION__ENABLED", "false"),
            ("REGISTRATION__SELF_SERVICE_ROLES", "EMPLOYER"),
            ("REGISTRATION__REVEAL_EXISTING_ACCOUNTS", "false"),
            ("REGISTRATION__REQUIRE_VERIFIED_EMAIL", "true"),
        ] {
            assert!(!is_shown(&[refusing]), "{refusing:?}");
        }
    }
}
