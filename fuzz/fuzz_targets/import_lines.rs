//! Files with users to import: each line is a record or is complained of, and no line is taken for another.
#![no_main]
#![expect(dead_code, reason = "of what these files hold, a fuzzer needs the parsers alone")]

#[path = "../../crates/server/src/commands/users/import/format.rs"]
mod format;
#[path = "../../crates/server/src/commands/users/import/lines.rs"]
mod lines;
#[path = "../../crates/server/src/output.rs"]
mod output;
#[path = "../../crates/server/src/commands/users/record.rs"]
mod record;

/// The names by which those files know each other.
mod commands {
    pub(crate) mod users {
        pub(crate) use crate::record;
    }
}

use std::io::{BufReader, Cursor};

use doorward_domain::user::EmailAddress;
use format::{Format, Reader};
use libfuzzer_sys::fuzz_target;
use lines::Lines;

const HEADER: &[u8] = b"email,firstName,lastName,passwordHash,role,createdAt,active\n";

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, rest)) = bytes.split_first() else { return };
    let (format, bytes) = match kind % 3 {
        0 => (Format::Jsonl, rest.to_vec()),
        1 => (Format::Csv, rest.to_vec()),
        _ => (Format::Csv, [HEADER, rest].concat()),
    };
    let input = Box::new(BufReader::with_capacity(7, Cursor::new(bytes.clone())));
    let mut lines = if matches!(format, Format::Csv) { Lines::of_table(input) } else { Lines::of(input) };
    let Ok(reader) = Reader::begin(format, &mut lines) else { return };
    let mut before = 0;
    while let Some((number, line)) = lines.next().expect("memory can be read") {
        assert!(number > before, "lines are numbered upwards");
        before = number;
        let Ok(line) = line else { continue };
        assert!(!line.contains('\n') && line.len() <= 64 * 1024);
        match reader.read(&line) {
            Ok(fields) => {
                let (record, complaints) = record::record(fields);
                assert!(complaints.iter().all(|complaint| !complaint.reason.is_empty()));
                // Nothing is made of what does not stand there.
                if let Some(Ok(email)) = record.email.as_deref().map(EmailAddress::parse) {
                    assert!(bytes.len() >= email.typed().len());
                }
            }
            Err(reason) => assert!(!reason.is_empty()),
        }
    }
    assert!(before <= u64::try_from(bytes.len()).expect("a length") + 1);
});
