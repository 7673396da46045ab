//! What a value can be. Text stands for anything, because all that comes from the environment is text; a number never
//! stands for text, or a secret of digits would lose its leading zeros.

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use config::ValueKind;
use doorward_domain::{Role, Secret};
use ipnet::IpNet;

/// A value that a key can have.
pub(crate) trait Setting: Sized {
    /// What it must be, to follow "must be".
    fn expected() -> String;

    /// Reads it.
    fn read(value: &ValueKind) -> Option<Self>;

    /// How it is shown to the operator.
    fn show(&self) -> String;
}

/// The text of a value that must be text.
pub(crate) fn text(value: &ValueKind) -> Option<&str> {
    if let ValueKind::String(text) = value { Some(text) } else { None }
}

impl Setting for String {
    fn expected() -> String {
        "text in quotes".to_owned()
    }

    fn read(value: &ValueKind) -> Option<Self> {
        text(value).map(str::to_owned)
    }

    fn show(&self) -> String {
        self.clone()
    }
}

impl Setting for Secret<String> {
    fn expected() -> String {
        String::expected()
    }

    fn read(value: &ValueKind) -> Option<Self> {
        text(value).map(Self::from)
    }

    fn show(&self) -> String {
        "(secret)".to_owned()
    }
}

impl Setting for bool {
    fn expected() -> String {
        "true or false".to_owned()
    }

    fn read(value: &ValueKind) -> Option<Self> {
        match value {
            ValueKind::Boolean(value) => Some(*value),
            other => text(other)?.trim().to_ascii_lowercase().parse().ok(),
        }
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Setting for u32 {
    fn expected() -> String {
        "a whole number".to_owned()
    }

    fn read(value: &ValueKind) -> Option<Self> {
        match value {
            ValueKind::I64(value) => (*value).try_into().ok(),
            other => text(other)?.trim().parse().ok(),
        }
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Setting for Duration {
    fn expected() -> String {
        "a duration in whole milliseconds, such as 10m or 30d".to_owned()
    }

    fn read(value: &ValueKind) -> Option<Self> {
        let duration = humantime::parse_duration(text(value)?.trim()).ok()?;
        duration.subsec_nanos().is_multiple_of(1_000_000).then_some(duration)
    }

    fn show(&self) -> String {
        let milliseconds = self.as_millis();
        let units = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s")];
        let whole = units.into_iter().find(|(unit, _)| milliseconds > 0 && milliseconds.is_multiple_of(*unit));
        whole.map_or_else(|| format!("{milliseconds}ms"), |(unit, name)| format!("{}{name}", milliseconds / unit))
    }
}

impl Setting for SocketAddr {
    fn expected() -> String {
        "an IP address and a port, such as 127.0.0.1:8080".to_owned()
    }

    fn read(value: &ValueKind) -> Option<Self> {
        text(value)?.trim().parse().ok()
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Setting for IpNet {
    fn expected() -> String {
        "an IP address or network, such as 10.0.0.0/8".to_owned()
    }

    fn read(value: &ValueKind) -> Option<Self> {
        let text = text(value)?.trim();
        text.parse().ok().or_else(|| Some(Self::from(text.parse::<IpAddr>().ok()?)))
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Setting for Role {
    fn expected() -> String {
        "the name of a role".to_owned()
    }

    fn read(value: &ValueKind) -> Option<Self> {
        Self::parse(text(value)?).ok()
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

/// What may be left out, by an empty text.
impl<T: Setting> Setting for Option<T> {
    fn expected() -> String {
        format!("{}, or empty", T::expected())
    }

    fn read(value: &ValueKind) -> Option<Self> {
        if text(value).is_some_and(|text| text.trim().is_empty()) { Some(None) } else { T::read(value).map(Some) }
    }

    fn show(&self) -> String {
        self.as_ref().map_or_else(|| "(none)".to_owned(), T::show)
    }
}

/// A list, or text with commas.
impl<T: Setting> Setting for Vec<T> {
    fn expected() -> String {
        format!("a list, each entry {}", T::expected())
    }

    fn read(value: &ValueKind) -> Option<Self> {
        match value {
            ValueKind::Array(values) => values.iter().map(|value| T::read(&value.kind)).collect(),
            other => text(other)?
                .split(',')
                .map(str::trim)
                .filter(|entry| !entry.is_empty())
                .map(|entry| T::read(&ValueKind::String(entry.to_owned())))
                .collect(),
        }
    }

    fn show(&self) -> String {
        format!("[{}]", self.iter().map(T::show).collect::<Vec<_>>().join(", "))
    }
}

/// Lets an enum be a setting by the names of its variants.
macro_rules! named_setting {
    ($type:ty { $($name:literal => $variant:ident),+ $(,)? }) => {
        impl $type {
            /// The name in the configuration.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }

        impl $crate::setting::Setting for $type {
            fn expected() -> String {
                [$($name),+].join(" or ")
            }

            fn read(value: &config::ValueKind) -> Option<Self> {
                match $crate::setting::text(value)?.trim() {
                    $(name if name.eq_ignore_ascii_case($name) => Some(Self::$variant),)+
                    _ => None,
                }
            }

            fn show(&self) -> String {
                self.as_str().to_owned()
            }
        }
    };
}

pub(crate) use named_setting;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use config::ValueKind;
    use doorward_domain::Secret;
    use ipnet::IpNet;

    use super::Setting;

    fn read<T: Setting>(value: impl Into<ValueKind>) -> Option<T> {
        T::read(&value.into())
    }

    #[test]
    fn text_stands_for_a_number_and_never_a_number_for_text() {
        assert_eq!(read::<u32>(" 12 "), Some(12));
        assert_eq!(read::<u32>(12_i64), Some(12));
        assert_eq!(read::<u32>(-1_i64), None);
        assert_eq!(read::<String>(12_i64), None);
        let digits = "01234567890123456789012345678901";
        assert_eq!(read::<Secret<String>>(digits).unwrap().expose(), digits);
    }

    #[test]
    fn only_true_and_false_are_answers() {
        assert_eq!((read::<bool>("True"), read::<bool>(false)), (Some(true), Some(false)));
        assert_eq!((read::<bool>("yes"), read::<bool>(1_i64)), (None, None));
    }

    #[test]
    fn a_duration_has_a_unit_and_no_parts_of_a_millisecond() {
        assert_eq!(read::<Duration>("10m"), Some(Duration::from_mins(10)));
        assert_eq!(read::<Duration>("0s"), Some(Duration::ZERO));
        for shown in ["30d", "36h", "10m", "90s", "1500ms", "0ms"] {
            assert_eq!(read::<Duration>(shown).unwrap().show(), shown);
        }
        assert_eq!((read::<Duration>("10"), read::<Duration>("10us"), read::<Duration>("-1s")), (None, None, None));
    }

    #[test]
    fn a_list_may_be_text_with_commas_and_an_empty_text_is_an_empty_list() {
        let nets = read::<Vec<IpNet>>("10.0.0.0/8, ::1").unwrap();
        assert_eq!(nets.show(), "[10.0.0.0/8, ::1/128]");
        assert_eq!(read::<Vec<IpNet>>(""), Some(vec![]));
        assert_eq!(read::<Vec<IpNet>>("10.0.0.0/8,all"), None);
    }

    #[test]
    fn what_may_be_left_out_is_left_out_by_an_empty_text() {
        assert_eq!(read::<Option<u32>>(""), Some(None));
        assert_eq!(read::<Option<u32>>("x"), None);
    }

    #[test]
    fn a_secret_is_never_shown() {
        assert_eq!(Secret::from("hunter2").show(), "(secret)");
    }
}
