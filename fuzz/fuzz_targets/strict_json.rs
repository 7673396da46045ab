//! Bodies: JSON in which no name stands twice, and nothing else.
#![no_main]

#[path = "../../crates/http/src/extract/strict_json.rs"]
mod strict_json;

use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    let lenient = serde_json::from_slice::<Value>(bytes);
    match strict_json::parse(bytes) {
        // What is taken is what another reader sees, and is taken again as it was written.
        Ok(value) => {
            assert_eq!(lenient.ok().as_ref(), Some(&value));
            let written = value.to_string();
            assert_eq!(strict_json::parse(written.as_bytes()).expect("what was written is JSON").to_string(), written);
        }
        // What is refused is no JSON, or has a name twice: written once more, it has lost a member.
        Err(_) => {
            if let Ok(value) = lenient {
                let members = |text: &[u8]| text.iter().filter(|byte| **byte == b':').count();
                assert!(members(value.to_string().as_bytes()) < members(bytes), "{value}");
            }
        }
    }
});
