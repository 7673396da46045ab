//! The rules of the settings, one test a rule.

use std::{fs, path::Path};

use doorward_settings::{Algorithm, EmailDomain, LogFormat, Origin, Problems, SameSite, Settings, Sources, load};
use rstest::rstest;
use tempfile::TempDir;

const MASTER: &str = "0123456789abcdef0123456789abcdef";

/// Loads an empty folder's settings.
fn read(env_name: &str, environment: &[(&str, &str)]) -> Result<Settings, Problems> {
    read_in(TempDir::new().expect("a folder").path(), env_name, environment)
}

fn read_in(dir: &Path, env_name: &str, environment: &[(&str, &str)]) -> Result<Settings, Problems> {
    let environment = environment
        .iter()
        .map(|(key, value)| (format!("DOORWARD__{}", key.to_uppercase().replace('.', "__")), (*value).to_owned()))
        .collect();
    load(Sources { dir: dir.to_owned(), env_name: env_name.to_owned(), environment })
}

/// The keys that are wrong.
fn refused(env_name: &str, environment: &[(&str, &str)]) -> Vec<String> {
    match read(env_name, environment) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.iter().map(|problem| problem.key.clone()).collect(),
    }
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let dir = TempDir::new().expect("a folder");
    for (name, text) in files {
        fs::write(dir.path().join(name), text).expect("a file");
    }
    dir
}

#[test]
fn nothing_need_be_given_in_development() {
    let settings = read("development", &[]).ok().unwrap();
    assert!(settings.secrets.master.is_none());
    assert_eq!(settings.passwords.min_length, 8);
    assert_eq!(settings.log.format, LogFormat::Pretty);
    assert_eq!(settings.http.public_url(settings.http.address).as_str(), "http://127.0.0.1:8080");
    assert_eq!(settings.warnings(), []);
}

#[test]
fn outside_development_the_master_secret_is_all_that_must_be_given() {
    for environment in ["production", "staging", "Development", "developement"] {
        assert_eq!(refused(environment, &[]), ["secrets.master"], "{environment}");
        let settings = read(environment, &[("secrets.master", MASTER)]).ok().unwrap();
        assert_eq!((settings.passwords.min_length, settings.log.format), (15, LogFormat::Json));
        let warned: Vec<_> = settings.warnings().iter().map(|warning| warning.key.as_str()).collect();
        assert_eq!(warned, ["mail.transport"], "nobody gets the mails");
    }
}

#[test]
fn the_name_of_the_environment_names_no_other_folder() {
    for name in ["", "../production", "a.b", "a b"] {
        assert!(refused(name, &[("secrets.master", MASTER)]).contains(&"DOORWARD_ENV".to_owned()), "{name:?}");
    }
}

#[test]
fn each_layer_is_over_the_one_before() {
    let dir = folder(&[
        ("default.toml", "[http]\naddress = '127.0.0.1:1'\n[sessions]\nmax_per_user = 2\n[passwords]\nmin_length = 10"),
        ("staging.toml", "[http]\naddress = '127.0.0.1:2'\n[tokens]\naudience = 'staging'"),
    ]);
    let environment = [("secrets.master", MASTER), ("tokens.audience", "mine")];
    let settings = read_in(dir.path(), "staging", &environment).ok().unwrap();
    assert_eq!(settings.passwords.argon2_iterations, 2, "built in");
    assert_eq!(settings.sessions.max_per_user, 2, "default.toml");
    assert_eq!(settings.http.address.port(), 2, "staging.toml");
    assert_eq!(settings.tokens.audience, "mine", "the environment");
}

#[test]
fn what_the_folder_says_is_over_what_is_built_in_for_development() {
    let dir = folder(&[("default.toml", "[passwords]\nmin_length = 12")]);
    let settings = read_in(dir.path(), "development", &[]).ok().unwrap();
    assert_eq!((settings.passwords.min_length, settings.log.format), (12, LogFormat::Pretty));

    let dir = folder(&[("development.toml", "")]);
    let settings = read_in(dir.path(), "development", &[]).ok().unwrap();
    assert_eq!((settings.passwords.min_length, settings.log.format), (15, LogFormat::Json));
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let dir = folder(&[
        ("default.toml", "colour = 'red'\n[http]\nadress = ''\ncors_origins = ['*']\n[session]\na = 1"),
        ("development.toml", "[tokens]\nextra_claims = true\n[passwords]\nmin_length = 7"),
    ]);
    let environment = [
        ("tokens.access_ttl", "ten minutes"),
        ("sessions.max_per_user", "0"),
        ("log.level", "loud"),
        ("mail.transport", "pigeon"),
        ("secrets.master", "short"),
        ("http", "x.example"),
    ];
    let problems = read_in(dir.path(), "development", &environment).err().unwrap();
    let keys: Vec<_> = problems.iter().map(|problem| problem.key.as_str()).collect();
    assert_eq!(
        keys,
        [
            "colour",
            "http",
            "log.level",
            "mail.transport",
            "passwords.min_length",
            "secrets.master",
            "session",
            "sessions.max_per_user",
            "tokens.access_ttl",
            "tokens.extra_claims",
        ]
    );
}

#[test]
fn a_problem_names_key_origin_and_cure() {
    let dir = folder(&[("default.toml", "[http]\nadress = ''")]);
    let problems = read_in(dir.path(), "development", &[("http.address", "localhost")]).err().unwrap();
    let file = dir.path().join("default.toml");
    assert_eq!(
        problems.to_string(),
        format!(
            "the configuration has 2 problems:\n  \
             http.address (DOORWARD__HTTP__ADDRESS): must be an IP address and a port, such as 127.0.0.1:8080\n  \
             http.adress ({}): is no setting; here are: address, public_url, trusted_proxies, cors_origins, \
             cookie_same_site, max_connections, drain",
            file.display()
        )
    );
}

#[test]
fn a_file_that_is_not_toml_is_told_by_line_and_never_quoted() {
    let dir = folder(&[("development.toml", "[secrets]\nmaster = hunter2hunter2")]);
    let told = read_in(dir.path(), "development", &[("sessions.max_per_user", "0")]).err().unwrap().to_string();
    assert!(told.contains("development.toml: is not TOML, line 2"), "{told}");
    assert!(told.contains("sessions.max_per_user"), "{told}");
    assert!(!told.contains("hunter2"), "{told}");
}

#[test]
fn no_secret_is_repeated_whatever_is_wrong_with_it() {
    let environment = [
        ("secrets.master", "hunter2"),
        ("secrets.previous", "hunter2,hunter22"),
        ("database.url", "mysql://jane:hunter2@db.example/x"),
        ("mail.smtp_url", "http://jane:hunter2@mail.example"),
        ("tracing.headers", "hunter2"),
    ];
    let told = read("production", &environment).err().unwrap().to_string();
    for key in ["secrets.master", "secrets.previous", "database.url", "mail.smtp_url", "tracing.headers"] {
        assert!(told.contains(key), "{key}: {told}");
    }
    assert!(!told.contains("hunter2"), "{told}");
}

#[test]
fn the_listing_shows_every_key_and_no_secret() {
    let environment = [
        ("secrets.master", MASTER),
        ("secrets.previous", "hunter2-hunter2-hunter2-hunter2-hunter2,0123456789abcdef0123456789abcdeX"),
        ("database.url", "postgres://jane:hunter2@db.example/x"),
        ("mail.smtp_url", "smtps://jane:hunter2@mail.example"),
        ("tracing.headers", "Authorization=hunter2"),
    ];
    let settings = read("development", &environment).ok().unwrap();
    let shown = |key: &str| settings.listing().iter().find(|shown| shown.key == key).unwrap();
    assert_eq!(shown("secrets.master").value, "(secret)");
    assert_eq!(shown("secrets.previous").value, "[(secret), (secret)]");
    assert_eq!(shown("secrets.master").origin.as_deref(), Some("DOORWARD__SECRETS__MASTER"));
    assert_eq!((shown("tokens.access_ttl").value.as_str(), &shown("tokens.access_ttl").origin), ("10m", &None));
    let everything = format!("{:?}", settings.listing());
    assert!(!everything.contains("hunter2") && !everything.contains(MASTER));
}

#[test]
fn a_master_secret_of_digits_stays_as_it_is_written() {
    let digits = "00000000000000000000000000000001";
    let settings = read("production", &[("secrets.master", digits)]).ok().unwrap();
    assert_eq!(settings.secrets.master.unwrap().expose(), digits);
}

#[test]
fn other_master_secrets_are_a_list_and_may_have_commas_in_a_file() {
    let none = read("production", &[("secrets.master", MASTER)]).ok().unwrap();
    assert!(none.secrets.previous.is_empty());
    let texts = |settings: &Settings| -> Vec<String> {
        settings.secrets.previous.iter().map(|secret| secret.expose().clone()).collect()
    };
    let first = MASTER.to_uppercase();
    let listed = [("secrets.previous", &*format!("{first}, {MASTER}"))];
    assert_eq!(texts(&read("development", &listed).ok().unwrap()), [first.as_str(), MASTER]);

    let with_a_comma = format!("{MASTER}, {MASTER}");
    let dir = folder(&[("previous", &format!("{with_a_comma}\n{MASTER}\n"))]);
    let path = dir.path().join("previous");
    let file = [("secrets.previous_file", path.to_str().unwrap())];
    assert_eq!(texts(&read("development", &file).ok().unwrap()), [with_a_comma.as_str(), MASTER]);

    let dir = folder(&[("development.toml", &format!("[secrets]\nprevious = ['{with_a_comma}']"))]);
    assert_eq!(texts(&read_in(dir.path(), "development", &[]).ok().unwrap()), [with_a_comma]);
}

#[test]
fn the_environment_gives_lists_with_commas_and_tables_with_underlines() {
    let environment = [
        ("http.cors_origins", "https://a.example, https://b.example/"),
        ("registration.self_service_roles", "candidate"),
        ("registration.allowed_domains", "Example.com,bücher.example"),
        ("tokens.extra_claims.id", "false"),
        ("tokens.algorithm", "eddsa"),
    ];
    let settings = read("development", &environment).ok().unwrap();
    let origins: Vec<_> = settings.http.cors_origins.iter().map(Origin::as_str).collect();
    assert_eq!(origins, ["https://a.example", "https://b.example"]);
    assert_eq!(settings.registration.self_service_roles.len(), 1);
    let domains: Vec<_> = settings.registration.allowed_domains.iter().map(EmailDomain::as_str).collect();
    assert_eq!(domains, ["example.com", "xn--bcher-kva.example"]);
    assert!(!settings.tokens.extra_claims.id && settings.tokens.extra_claims.user_id);
    assert_eq!(settings.tokens.algorithm, Algorithm::EdDsa);
}

#[rstest]
#[case("account.deletion_grace", &["0s", "90d"], &["", "91d"])]
#[case("audit.retention", &["0s", "1d", "36500d"], &["", "1ms", "23h", "36501d"])]
#[case("database.max_connections", &["1", "1000"], &["0", "1001", "-1", "many"])]
#[case("database.url", &["sqlite://x.db", "postgres://db/x", "postgresql://db/x"], &["", "x.db", "mysql://db/x"])]
#[case("gate.max_staleness", &["1s", "20s"], &["", "999ms", "21s"])]
#[case("http.address", &["[::]:0", "0.0.0.0:80"], &["", "localhost:80", "127.0.0.1", ":80"])]
#[case("http.cors_origins", &["", "https://a.example"], &["*", "a.example", "https://a.example/path"])]
#[case("http.cookie_same_site", &["strict", "lax"], &["", "no", "none"])]
#[case("http.public_url", &["", "http://login.example.com"], &["login.example.com", "https://a.example/login"])]
#[case("http.trusted_proxies", &["", "10.0.0.1,10.1.0.0/16"], &["*", "proxy", "10.0.0.0/33"])]
#[case("keys.cache_life", &["1s", "1d"], &["0s", "999ms", "25h"])]
#[case("keys.rotate_after", &["0s", "36500d"], &["", "11m", "36501d"])]
#[case("keys.skew", &["5s", "1h"], &["4s", "61m"])]
#[case("log.format", &["json", "pretty"], &["", "xml"])]
#[case("mail.directory", &["mail", "/var/mail"], &[""])]
#[case("mail.from", &["a@example.com"], &["", "a"])]
#[case("mail.give_up_after", &["1m", "30d"], &["", "59s", "31d"])]
#[case("mail.links_to", &["", "http://app.example.com/account"], &["app.example.com", "https://a.example/?a=b"])]
#[case("mail.product_name", &["The Door"], &["", "a\nb"])]
#[case("mail.smtp_tls", &["required", "none"], &["", "maybe"])]
#[case("mail.smtp_url", &["", "smtp://mail.example:25"], &["mail.example"])]
#[case("metrics.address", &["", "127.0.0.1:9090"], &["9090"])]
#[case("passwords.argon2_iterations", &["1", "20"], &["0", "21"])]
#[case("passwords.argon2_memory_kib", &["8", "262144"], &["7", "262145"])]
#[case("passwords.argon2_parallelism", &["1", "16"], &["0", "17"])]
#[case("passwords.breached_file", &[""], &["/nowhere/at/all", "/"])]
#[case("passwords.max_concurrent_hashes", &["0", "256"], &["257"])]
#[case("passwords.min_length", &["8", "128"], &["7", "129"])]
#[case("passwords.reject_common", &["true", "false"], &["", "1"])]
#[case("registration.invitation_ttl", &["1h", "30d"], &["0s", "59m", "31d"])]
#[case("registration.unproven_ttl", &["0s", "1h", "365d"], &["", "59m", "366d"])]
#[case("registration.self_service_roles", &["", "EMPLOYER"], &["ADMIN", "admin", "CLOWN"])]
#[case("registration.allowed_domains", &["", "example.com"], &["@example.com", "a b"])]
#[case("secrets.master", &["", MASTER], &["0123456789abcdef0123456789abcde"])]
#[case("secrets.previous", &["", MASTER], &["0123456789abcdef0123456789abcde", "0123456789abcdef0123456789abcdef,0"])]
#[case("sessions.max_per_user", &["1", "1000"], &["0", "1001"])]
#[case("throttle.enabled", &["true", "false"], &["maybe"])]
#[case("throttle.account", &["1/1s", "10/15m", "100000/1d"], &["0/15m", "100001/15m", "10/999ms", "10/25h", "10", "/15m", "10/15"])]
#[case("throttle.stop_after", &["1", "100"], &["0", "101"])]
#[case("tokens.access_ttl", &["1s", "1h"], &["0s", "500ms", "61m", "10"])]
#[case("tokens.algorithm", &["ES256", "RS256", "HS256"], &["", "none", "HS512"])]
#[case("tokens.audience", &["api"], &["", " "])]
#[case("tokens.refresh_absolute_ttl", &["7d", "365d"], &["366d", "30"])]
#[case("tokens.refresh_idle_ttl", &["1s", "30d"], &["0s", "31d"])]
#[case("tokens.refresh_reuse_grace", &["0s", "1m"], &["61s"])]
#[case("tracing.endpoint", &["", "http://127.0.0.1:4318"], &["127.0.0.1:4318", "http://a:b@c"])]
#[case("tracing.headers", &["", "a=b,c=d"], &["a"])]
#[case("tracing.sample_ratio", &["0", "0.5", "1"], &["", "1.1", "-1"])]
#[case("tracing.service_name", &["auth"], &["", " "])]
fn a_key_has_bounds(#[case] key: &str, #[case] good: &[&str], #[case] bad: &[&str]) {
    for value in good {
        assert_eq!(refused("development", &[(key, value)]), [""; 0], "{key} = {value:?}");
    }
    for value in bad {
        assert_eq!(refused("development", &[(key, value)]), [key], "{key} = {value:?}");
    }
}

#[test]
fn the_memory_of_a_hash_is_enough_for_its_lanes() {
    let lanes = ("passwords.argon2_parallelism", "2");
    assert_eq!(refused("development", &[lanes, ("passwords.argon2_memory_kib", "16")]), [""; 0]);
    let refused = refused("development", &[lanes, ("passwords.argon2_memory_kib", "15")]);
    assert_eq!(refused, ["passwords.argon2_memory_kib"]);
}

#[test]
fn what_is_kept_for_no_time_at_all_is_kept_for_good() {
    let for_good = [("audit.retention", "0s"), ("registration.unproven_ttl", "0s"), ("keys.rotate_after", "0s")];
    let settings = read("development", &for_good).ok().unwrap();
    assert_eq!((settings.audit.retention, settings.registration.unproven_ttl), (None, None));
    assert_eq!(settings.keys.rotate_after, None);
}

#[test]
fn a_key_signs_for_longer_than_it_takes_to_publish_two() {
    let quick = [("keys.cache_life", "5s"), ("keys.skew", "5s")];
    let with = |age| refused("development", &[quick[0], quick[1], ("keys.rotate_after", age)]);
    assert_eq!(with("20001ms"), [""; 0]);
    assert_eq!(with("20s"), ["keys.rotate_after"]);
}

#[test]
fn a_session_cannot_idle_longer_than_it_lives() {
    let absolute = ("tokens.refresh_absolute_ttl", "1h");
    assert_eq!(refused("development", &[absolute, ("tokens.refresh_idle_ttl", "1h")]), [""; 0]);
    assert_eq!(refused("development", &[absolute, ("tokens.refresh_idle_ttl", "61m")]), ["tokens.refresh_idle_ttl"]);
}

#[test]
fn cookies_for_other_sites_need_https() {
    let none = ("http.cookie_same_site", "none");
    let settings = read("development", &[none, ("http.public_url", "https://login.example.com")]).ok().unwrap();
    assert_eq!(settings.http.cookie_same_site, SameSite::None);
    assert_eq!(refused("development", &[none]), ["http.cookie_same_site"]);
}

#[test]
fn outside_development_nothing_leaves_the_machine_unencrypted() {
    let refused = |environment: &[(&str, &str)]| {
        let mut environment = environment.to_vec();
        environment.push(("secrets.master", MASTER));
        refused("production", &environment)
    };
    assert_eq!(refused(&[("http.public_url", "https://login.example.com"), ("http.address", "0.0.0.0:80")]), [""; 0]);
    assert_eq!(refused(&[("http.public_url", "http://localhost:8080")]), [""; 0]);
    assert_eq!(refused(&[("http.public_url", "http://login.example.com")]), ["http.public_url"]);
    assert_eq!(refused(&[("http.address", "0.0.0.0:80")]), ["http.public_url"]);
    assert_eq!(refused(&[("http.address", "10.0.0.1:80")]), ["http.public_url"]);
}

#[rstest]
#[case("passwords.min_length", "14")]
#[case("passwords.argon2_memory_kib", "8192")]
#[case("throttle.enabled", "false")]
#[case("mail.transport", "file")]
#[case("mail.smtp_tls", "none")]
fn what_is_unwise_or_has_no_effect_in_production_is_a_warning(#[case] key: &str, #[case] value: &str) {
    let smtp = [("mail.transport", "smtp"), ("mail.smtp_url", "smtp://mail.example")];
    let mut environment = smtp.to_vec();
    environment.retain(|(other, _)| *other != key);
    environment.extend([("secrets.master", MASTER), (key, value)]);
    let settings = read("production", &environment).ok().unwrap();
    let warned: Vec<_> = settings.warnings().iter().map(|warning| warning.key.as_str()).collect();
    assert_eq!(warned, [key]);
}

#[test]
fn the_url_is_derived_from_where_the_server_listens() {
    let settings = read("development", &[]).ok().unwrap();
    for (bound, url) in [
        ("127.0.0.1:4711", "http://127.0.0.1:4711"),
        ("0.0.0.0:4711", "http://127.0.0.1:4711"),
        ("[::]:4711", "http://[::1]:4711"),
    ] {
        assert_eq!(settings.http.public_url(bound.parse().unwrap()).as_str(), url);
    }
}
