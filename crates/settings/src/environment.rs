//! `DOORWARD__SECTION__KEY` and `DOORWARD__SECTION__KEY_FILE`.

use std::{collections::BTreeMap, fs};

use config::{Map, Value, ValueKind};

use crate::Problem;

const PREFIX: &str = "DOORWARD__";
const FILE_SUFFIX: &str = "_FILE";

/// The keys whose value is a secret: it may stand in a file instead, as Docker and Kubernetes hand secrets over.
const SECRETS: [&str; 5] = ["database.url", "mail.smtp_url", "secrets.master", "tracing.headers", LIST];
/// The one that is a list: in its file an entry is a line, and may have commas.
const LIST: &str = "secrets.previous";

/// The settings that stand in the environment, each with the variable that it came from. Values stay text: whether
/// 32 digits are a number or a secret is for the key to say.
pub(crate) fn settings(environment: Vec<(String, String)>, problems: &mut Vec<Problem>) -> Map<String, Value> {
    let mut found: BTreeMap<String, Value> = BTreeMap::new();
    for (variable, text) in environment {
        let Some(name) = variable.strip_prefix(PREFIX) else { continue };
        let of_file = name.strip_suffix(FILE_SUFFIX).map(key_of).filter(|key| SECRETS.contains(&key.as_str()));
        let in_file = of_file.is_some();
        let key = of_file.unwrap_or_else(|| key_of(name));
        let text = if in_file { fs::read_to_string(&text) } else { Ok(text) };
        let mut refuse =
            |cure: String| problems.push(Problem { key: key.clone(), origin: Some(variable.clone()), cure });
        match text {
            Err(cause) => refuse(format!("the file it names cannot be read: {cause}")),
            Ok(text) if text.contains(char::REPLACEMENT_CHARACTER) => refuse("must be UTF-8 text".to_owned()),
            Ok(_) if found.contains_key(&key) => refuse("is given twice; unset one of the variables".to_owned()),
            Ok(text) => {
                let value = match key.as_str() {
                    LIST if in_file => lines(&text),
                    // The last line break is the editor's, not the secret's.
                    _ if in_file => text.trim_end_matches(['\r', '\n']).into(),
                    _ => text.into(),
                };
                found.insert(key, Value::new(Some(&variable), value));
            }
        }
    }
    found.into_iter().collect()
}

/// The lines that are not blank.
fn lines(text: &str) -> ValueKind {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| Value::new(None, line)).collect::<Vec<_>>().into()
}

fn key_of(name: &str) -> String {
    name.to_lowercase().replace("__", ".")
}

#[cfg(test)]
mod tests {
    use config::Map;

    use super::settings;
    use crate::Problem;

    fn read(variables: &[(&str, &str)]) -> (Vec<(String, String)>, Vec<Problem>) {
        let mut problems = Vec::new();
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let map: Map<_, _> = settings(variables, &mut problems);
        let mut found: Vec<_> = map.into_iter().map(|(key, value)| (key, value.to_string())).collect();
        found.sort();
        (found, problems)
    }

    #[test]
    fn a_variable_is_named_after_its_key() {
        let (found, problems) = read(&[
            ("DOORWARD__TOKENS__EXTRA_CLAIMS__USER_ID", "false"),
            ("DOORWARD_ENV", "production"),
            ("PATH", "/bin"),
        ]);
        assert_eq!(found, [("tokens.extra_claims.user_id".to_owned(), "false".to_owned())]);
        assert_eq!(problems, []);
    }

    #[test]
    fn a_secret_is_read_from_its_file_without_the_last_line_break() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), " secret \n").unwrap();
        let (found, problems) = read(&[("DOORWARD__SECRETS__MASTER_FILE", file.path().to_str().unwrap())]);
        assert_eq!(found, [("secrets.master".to_owned(), " secret ".to_owned())]);
        assert_eq!(problems, []);
    }

    #[test]
    fn a_list_of_secrets_has_a_line_of_its_file_for_each() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "one, with a comma\r\n\n two \n").unwrap();
        let path = file.path().to_str().unwrap();
        let variables = [("DOORWARD__SECRETS__PREVIOUS_FILE".to_owned(), path.to_owned())];
        let found = settings(variables.into(), &mut Vec::new());
        let entries = found["secrets.previous"].clone().into_array().unwrap();
        let entries: Vec<_> = entries.into_iter().map(|entry| entry.into_string().unwrap()).collect();
        assert_eq!(entries, ["one, with a comma", " two "]);
    }

    #[test]
    fn only_a_secret_is_read_from_a_file() {
        let (found, _) = read(&[("DOORWARD__HTTP__ADDRESS_FILE", "/dev/null")]);
        assert_eq!(found[0].0, "http.address_file");
    }

    #[test]
    fn a_secret_given_twice_or_in_no_file_is_a_problem_of_its_key() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let (_, problems) = read(&[
            ("DOORWARD__SECRETS__MASTER_FILE", file.path().to_str().unwrap()),
            ("DOORWARD__SECRETS__MASTER", "a"),
            ("DOORWARD__DATABASE__URL_FILE", "/nowhere/at/all"),
        ]);
        let mut keys: Vec<_> = problems.iter().map(|problem| problem.key.as_str()).collect();
        keys.sort_unstable();
        assert_eq!(keys, ["database.url", "secrets.master"]);
    }

    #[test]
    fn what_was_not_text_is_a_problem() {
        let (_, problems) = read(&[("DOORWARD__SECRETS__MASTER", "a\u{fffd}b")]);
        assert_eq!(problems[0].cure, "must be UTF-8 text");
    }
}
