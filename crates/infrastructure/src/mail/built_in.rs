//! The texts that are part of the program.

/// A text: its language, its file and what it says.
pub(super) type BuiltIn = (&'static str, &'static str, &'static str);

macro_rules! texts {
    ($($language:literal { $($file:literal)+ })+) => {
        &[$($((
            $language,
            $file,
            include_str!(concat!("templates/", $language, "/", $file)),
        ),)+)+]
    };
}

macro_rules! in_languages {
    ($($language:literal)+) => {
        texts! {
            $($language {
                "layout.txt" "layout.html"
                "happened.txt" "happened.html"
                "verify_email.txt" "verify_email.html"
                "account_exists.txt" "account_exists.html"
                "reset_password.txt" "reset_password.html"
                "account_created.txt" "account_created.html"
                "confirm_email.txt" "confirm_email.html"
                "invitation.txt" "invitation.html"
                "new_device.txt" "new_device.html"
                "password_changed.txt" "password_changed.html"
                "email_changed.txt" "email_changed.html"
                "refresh_token_reused.txt" "refresh_token_reused.html"
                "deletion_scheduled.txt" "deletion_scheduled.html"
            })+
        }
    };
}

/// Every text. Each language has the same files.
pub(super) const BUILT_IN: &[BuiltIn] = in_languages!("en" "de");
