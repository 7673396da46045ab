//! What a person who has just started the server can try.

use std::net::SocketAddr;

use doorward_settings::{Settings, origin::reachable};

/// Three lines for a shell: sign up, sign in, ask who one is. `None` if the settings would refuse one of them. The
/// tag makes the address a fresh one.
pub(super) fn lines(settings: &Settings, bound: SocketAddr, tag: &str) -> Option<String> {
    let rules = &settings.registration;
    if !rules.enabled || !rules.reveal_existing_accounts || rules.require_verified_email {
        return None;
    }
    let url = format!("http://{}", reachable(bound));
    let domain = rules.allowed_domains.first().map_or("example.com", |domain| domain.as_str());
    let credential = format!(r#""email":"jane-{tag}@{domain}","password":"salt wind over the harbour""#);
    let json = "-H 'Content-Type: application/json'";
    let sign_in = format!("curl -s {url}/auth/login {json} -d '{{{credential}}}'");
    Some(format!(
        r#"
Try it:

curl -s {url}/auth/register {json} -d '{{{credential},"firstName":"Jane","lastName":"Doe"}}'

{sign_in}

curl -s {url}/auth/me -H "Authorization: Bearer $({sign_in} | sed 's/.*"accessToken":"\([^"]*\)".*/\1/')"

The description of all routes: {url}/docs
"#
    ))
}
