//! The contract of the [`RefreshTokenCodec`] port.

#![expect(missing_docs, reason = "a test's name is the sentence that it tests")]

use doorward_application::ports::{InvalidRefreshToken, RefreshTokenCodec, UnknownRefreshKey};
use doorward_domain::{
    RefreshKeyId, Secret, SessionId,
    session::{Generation, Nonce, RefreshToken},
};
use uuid::Uuid;

/// A codec, and others to compare it with.
pub struct Subject {
    /// The codec.
    pub codec: Box<dyn RefreshTokenCodec>,
    /// The same after a restart, or on another node.
    pub again: Box<dyn RefreshTokenCodec>,
    /// One with keys of its own.
    pub stranger: Box<dyn RefreshTokenCodec>,
}

/// Makes one test of each sentence of the contract, in the module that it stands in. The argument makes the
/// [`Subject`].
#[macro_export]
macro_rules! refresh_token_codec_contract {
    ($subject:expr) => {
        $crate::refresh_token_codec_contract! { @each $subject;
            what_was_encoded_is_decoded
            the_same_token_is_the_same_text_on_every_node
            tokens_that_differ_are_texts_that_differ
            a_changed_text_is_refused
            a_text_that_was_cut_or_lengthened_is_refused
            another_spelling_of_a_text_is_refused
            a_text_of_another_key_is_refused
            a_token_of_an_unknown_key_is_not_encoded
        }
    };
    (@each $subject:expr; $($sentence:ident)*) => {
        $(
            #[test]
            fn $sentence() {
                $crate::contract::refresh_token_codec::$sentence(&$subject);
            }
        )*
    };
}

pub fn what_was_encoded_is_decoded(subject: &Subject) {
    for generation in [0, 1, 255, 256, Generation::MAX] {
        let token = token(subject, generation);
        let decoded = subject.codec.decode(&encode(subject, &token)).expect("what was encoded is decoded");
        assert!(is_same(&decoded, &token), "generation {generation}");
    }
}

pub fn the_same_token_is_the_same_text_on_every_node(subject: &Subject) {
    let token = token(subject, 3);
    let text = encode(subject, &token);
    assert_eq!(encode(subject, &token), text);
    assert_eq!(subject.again.current_key(), subject.codec.current_key());
    assert_eq!(*subject.again.encode(&token).expect("the key is known").expose(), text);
    assert!(subject.again.decode(&text).is_ok());
}

pub fn tokens_that_differ_are_texts_that_differ(subject: &Subject) {
    let text = encode(subject, &token(subject, 3));
    let session_id = SessionId::new(Uuid::from_u128(9));
    let nonce = Secret::new(Nonce::new([9; 16]));
    for other in [
        token(subject, 4),
        RefreshToken { session_id, ..token(subject, 3) },
        RefreshToken { nonce, ..token(subject, 3) },
    ] {
        assert_ne!(encode(subject, &other), text);
    }
}

pub fn a_changed_text_is_refused(subject: &Subject) {
    let text = encode(subject, &token(subject, 3));
    for at in 0..text.len() {
        for other in [b'A', b'B', b'0', b'-', b'.', b' '] {
            let mut changed = text.clone().into_bytes();
            if changed[at] != other {
                changed[at] = other;
                refuses(subject, &String::from_utf8(changed).expect("the text is ASCII"));
            }
        }
    }
}

pub fn a_text_that_was_cut_or_lengthened_is_refused(subject: &Subject) {
    let text = encode(subject, &token(subject, 3));
    for end in 0..text.len() {
        refuses(subject, &text[..end]);
        refuses(subject, &text[text.len() - end..]);
    }
    for more in ["A", "AAAA", "0", ".", " ", "\n", "\0"] {
        refuses(subject, &format!("{text}{more}"));
        refuses(subject, &format!("{more}{text}"));
    }
    refuses(subject, &text.repeat(2));
}

pub fn another_spelling_of_a_text_is_refused(subject: &Subject) {
    let text = encode(subject, &token(subject, 3));
    let spellings = [
        format!("{text}="),
        format!("{text}=="),
        text.to_uppercase(),
        text.to_lowercase(),
        text.replace('-', "+"),
        text.replace('_', "/"),
        format!("{}\n{}", &text[..8], &text[8..]),
    ];
    for spelling in spellings.iter().filter(|spelling| **spelling != text) {
        refuses(subject, spelling);
    }
    // The last character may carry bits that belong to no byte.
    for last in ('0'..='9').chain('A'..='Z').chain('a'..='z').chain(['-', '_']) {
        let spelling = format!("{}{last}", &text[..text.len() - 1]);
        if spelling != text {
            refuses(subject, &spelling);
        }
    }
}

pub fn a_text_of_another_key_is_refused(subject: &Subject) {
    let token = RefreshToken { key_id: subject.stranger.current_key(), ..token(subject, 3) };
    let foreign = subject.stranger.encode(&token).expect("its own key is known");
    assert!(subject.stranger.decode(foreign.expose()).is_ok());
    refuses(subject, foreign.expose());
}

pub fn a_token_of_an_unknown_key_is_not_encoded(subject: &Subject) {
    let unknown = RefreshKeyId::new(Uuid::max());
    let token = RefreshToken { key_id: unknown, ..token(subject, 3) };
    assert_eq!(subject.codec.encode(&token).err(), Some(UnknownRefreshKey(unknown)));
}

fn token(subject: &Subject, generation: Generation) -> RefreshToken {
    RefreshToken {
        key_id: subject.codec.current_key(),
        session_id: SessionId::new(Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0002)),
        generation,
        nonce: Secret::new(Nonce::new([0xA5; 16])),
    }
}

fn encode(subject: &Subject, token: &RefreshToken) -> String {
    subject.codec.encode(token).expect("the key is known").into_inner()
}

fn refuses(subject: &Subject, text: &str) {
    assert_eq!(subject.codec.decode(text).err(), Some(InvalidRefreshToken), "{text}");
}

fn is_same(one: &RefreshToken, other: &RefreshToken) -> bool {
    one.key_id == other.key_id
        && one.session_id == other.session_id
        && one.generation == other.generation
        && one.nonce.expose() == other.nonce.expose()
}
