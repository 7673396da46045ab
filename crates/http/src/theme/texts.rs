//! What the pages say, in each language.
//!
//! A language is a file of `texts/`, which holds every text; here stands which there are. A text that a page uses and
//! no file has does not compile or does not start; one that no page uses is a warning.

use std::{collections::BTreeMap, fmt, ops::Deref};

use doorward_domain::{
    Rejection, Role,
    audit::AuditKind,
    session::{Device, DeviceName},
};
use serde::Deserialize;
use toml::Table;

use crate::problem::{Code, FieldProblem};

/// The languages that are built in, English first: what another file leaves out, it says in English.
pub(super) const BUILT_IN: [(&str, &str); 2] =
    [("en", include_str!("../../texts/en.toml")), ("de", include_str!("../../texts/de.toml"))];

/// A text; what is in braces is filled in.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(crate) struct Text(String);

impl Text {
    /// The text with this in the place of `{name}`.
    pub(crate) fn with(&self, name: &str, value: impl fmt::Display) -> String {
        self.0.replace(&format!("{{{name}}}"), &value.to_string())
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! texts {
    ($($section:ident $Section:ident { $($key:ident)* })*) => {
        /// Every text of one language.
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct Texts {
            /// The language's tag, as `en`.
            #[serde(skip)]
            tag: String,
            $(pub(crate) $section: $Section,)*
            /// The sentence about a problem, by its code.
            problems: BTreeMap<String, Text>,
            /// What kind of problem it is, by its code, where the page is about nothing else.
            problem_titles: BTreeMap<String, Text>,
            /// Why a field is refused, by the rejection's code.
            rejections: BTreeMap<String, Text>,
            /// The form that a word should have had, by its English name, where this is another language.
            expected: BTreeMap<String, Text>,
            /// What happened, by the kind of entry of the audit log.
            audit_kinds: BTreeMap<String, Text>,
            /// What roles are called.
            roles: BTreeMap<String, Text>,
        }

        $(
            #[derive(Debug, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub(crate) struct $Section { $(pub(crate) $key: Text,)* }
        )*
    };
}

texts! {
    shell Shell {
        language_name skip main_nav sign_in sign_up sign_out home account overview people invitations keys audit_log
        working show_password dismiss weak fair good too_short too_short_one language request go_home come_again come_again_link error
    }
    fields Fields {
        email email_or_username password new_password current_password first_name last_name username company
        phone_number location title skills skills_hint company_name company_email company_location industry language
        remember_me role optional password_hint username_hint
    }
    roles_offered RolesOffered { candidate employer other }
    roles_given RolesGiven { candidate employer admin }
    log_in LogIn {
        title lead button forgotten new_here resend keep
    }
    register Register {
        title lead invited role_question company_hint button have_account check_mail_title check_mail
    }
    forgot_password ForgotPassword { title lead button sent_title sent }
    resend_verification ResendVerification { title lead button sent_title sent }
    reset_password ResetPassword { title lead button again }
    keep_account KeepAccount { title lead button }
    verify_email VerifyEmail { title lead button done_title done }
    confirm_email ConfirmEmail { title lead button done_title done }
    undo_email_change UndoEmailChange { title lead button done_title done }
    not_me NotMe { title lead button done_title done }
    home Home { greeting candidate_lead employer_lead admin_lead profile profile_lead save unverified resend }
    overview Overview {
        sign_ins failures new_people chart column hours_ago number day_ago now latest all
    }
    invitations Invitations {
        lead invite company_hint button list who state since until open accepted withdrawn
        expired withdraw empty pages older newest
    }
    keys Keys {
        title lead next next_signs_from by_themselves not_by_themselves publish publish_text list key
        algorithm state published signs_from signs_until end never until_next later waiting signs verifies retired
        revoked empty in_danger in_danger_lead withdraw withdraw_text revoke_signing revoke_signing_text revoke
        revoke_text
    }
    audit Audit {
        lead what anything whose show show_all live new_entries stopped about by imported asked_for
        never_proven address_of_another empty pages older newest
    }
    people People {
        lead search no_page status any filter name created last_sign_in never active deactivated deletion_planned
        unconfirmed empty pages first next new new_lead create you account confirmed not_yet deletes_at id profile
        role_lead change_role company_hint sessions no_sessions last_seen since end_sessions end_sessions_text trail
        trail_all no_trail acts reset deactivate deactivate_text activate delete delete_text
    }
    account Account {
        title sections profile profile_lead email email_lead confirmed not_confirmed new_email change_email
        password password_lead change_password wrong_password devices devices_lead this_device ip_address signed_in
        last_used ends end end_others no_such_session data data_lead download delete delete_open delete_button
        deleted_at_once deleted_later
    }
    times Times { days hours minutes seconds }
    devices Devices { browser unknown }
    done Done {
        signed_out saved password_changed password_reset address_change_sent session_ended
        sessions_ended account_kept account_deleted deletion_planned user_created user_saved
        user_deactivated user_activated user_deleted reset_started user_sessions_ended invited invitation_withdrawn
        key_published key_revoked
    }
}

/// Why a file of texts cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TextsError {
    /// It is not TOML, or has texts that there are none of, or not all of them.
    #[error(transparent)]
    Malformed(#[from] toml::de::Error),
    /// Its name is no language tag, as `en` or `pt-BR`.
    #[error("the name of the file must be a language tag, such as en.toml or pt-BR.toml")]
    NoLanguage,
}

impl Texts {
    /// The texts of this language: those of `layers`, each over the one before.
    pub(super) fn read(tag: &str, layers: &[&str]) -> Result<Self, TextsError> {
        let mut merged = Table::new();
        for layer in layers {
            for (section, texts) in layer.parse::<Table>()? {
                match (merged.get_mut(&section), texts) {
                    (Some(toml::Value::Table(there)), toml::Value::Table(texts)) => there.extend(texts),
                    (_, texts) => {
                        merged.insert(section, texts);
                    }
                }
            }
        }
        let mut texts: Self = merged.try_into()?;
        tag.clone_into(&mut texts.tag);
        Ok(texts)
    }

    /// The language's tag, as `en`.
    pub(crate) fn tag(&self) -> &str {
        &self.tag
    }

    /// The sentence about this problem.
    pub(crate) fn problem(&self, code: Code) -> &str {
        self.problems.get(code.as_str()).map_or(code.message(), |text| text)
    }

    /// What kind of problem it is.
    pub(crate) fn problem_title(&self, code: Code) -> &str {
        self.problem_titles.get(code.as_str()).map_or(code.title(), |text| text)
    }

    /// Why a field was refused.
    pub(crate) fn rejection(&self, field: &FieldProblem) -> String {
        let Some(text) = self.rejections.get(&field.code) else { return field.message.clone() };
        match field.rejection {
            Some(Rejection::TooShort { min }) => text.with("min", min),
            Some(Rejection::TooLong { max } | Rejection::TooMany { max }) => text.with("max", max),
            Some(Rejection::Malformed { expected }) => {
                text.with("expected", self.expected.get(expected).map_or(expected, |text| text))
            }
            // Nobody knows what to fill in.
            None if text.contains('{') => field.message.clone(),
            _ => text.to_string(),
        }
    }

    /// What a role is called.
    pub(crate) fn role(&self, role: Role) -> &str {
        self.roles.get(role.as_str()).map_or(role.as_str(), |text| text)
    }

    /// What a person would call a device.
    pub(crate) fn device(&self, device: &Device) -> String {
        match device.name() {
            DeviceName::Browser { name, system } => {
                self.devices.browser.with("name", name).replace("{system}", &system)
            }
            DeviceName::Client(name) => name,
            DeviceName::Unknown => self.devices.unknown.to_string(),
        }
    }

    /// What happened.
    pub(crate) fn audit_kind(&self, kind: AuditKind) -> &str {
        self.audit_kinds.get(kind.as_str()).map_or(kind.as_str(), |text| text)
    }
}

#[cfg(test)]
mod tests;
