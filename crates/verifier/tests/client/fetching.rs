//! How little the server is trusted while it answers.

use std::error::Error;

use doorward_verifier::{FeedError, FetchError, KeysError, LostFeed, StartError};

use super::{stub::Answer, *};

/// Why the verifier does not start with this answer to the request for the keys.
async fn with_keys(stub: &Stub, answer: Answer) -> FetchError {
    stub.set(|state| state.keys_answer = answer);
    match builder(stub, LostFeed::Accept).start().await {
        Err(StartError::Keys(KeysError::Fetch(error))) => error,
        other => panic!("{:?}", other.err()),
    }
}

/// The same of the feed.
async fn with_feed(stub: &Stub, answer: Answer) -> FeedError {
    stub.set(|state| state.feed_answer = answer);
    match builder(stub, LostFeed::Accept).start().await {
        Err(StartError::Feed(error)) => error,
        other => panic!("{:?}", other.err()),
    }
}

fn redirect(to: &Stub) -> Answer {
    Answer::Other(302, format!("Location: {}/.well-known/jwks.json\r\n", to.url()), String::new())
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let [stub, elsewhere] = [Stub::start().await, Stub::start().await];
    assert!(matches!(with_keys(&stub, redirect(&elsewhere)).await, FetchError::Status(302)));
    stub.set(|state| state.keys_answer = Answer::Good);
    assert!(matches!(with_feed(&stub, redirect(&elsewhere)).await, FeedError::Fetch(FetchError::Status(302))));
    assert_eq!((elsewhere.key_requests(), elsewhere.feed_requests().len()), (0, 0));
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_its_end() {
    let stub = Stub::start().await;
    let long = || Answer::Other(200, String::new(), " ".repeat(2 * 1024 * 1024));
    for answer in [Answer::Endless, long()] {
        assert!(matches!(with_keys(&stub, answer).await, FetchError::TooLong(262_144)));
    }
    stub.set(|state| state.keys_answer = Answer::Good);
    for answer in [Answer::Endless, long()] {
        assert!(matches!(with_feed(&stub, answer).await, FeedError::Fetch(FetchError::TooLong(1_049_600))));
    }
}

#[tokio::test]
async fn what_is_no_page_is_no_page() {
    let stub = Stub::start().await;
    for body in ["", "{}", "[]", r#"{"revocations": 1}"#] {
        let outcome = with_feed(&stub, Answer::Other(200, String::new(), body.to_owned())).await;
        assert!(matches!(outcome, FeedError::Malformed), "{body}");
    }
}

#[tokio::test]
async fn a_server_without_the_feed_is_called_so() {
    let stub = Stub::start().await;
    stub.set(|state| state.feed_answer = Answer::Other(404, String::new(), String::new()));
    let error = builder(&stub, LostFeed::Accept).start().await.err().unwrap();
    let mut told = vec![error.to_string()];
    let mut error: &dyn Error = &error;
    while let Some(source) = error.source() {
        told.push(source.to_string());
        error = source;
    }
    assert_eq!(
        told,
        [
            "the verifier cannot follow the revocation feed",
            "the revocation feed could not be fetched",
            "the server answered 404"
        ]
    );
}

#[tokio::test]
async fn what_must_be_said_must_be_said() {
    let stub = Stub::start().await;
    let whole = || builder(&stub, LostFeed::Refuse);
    let builders = [
        (Verifier::builder(stub.url()).audience("shop"), "when_feed_is_lost"),
        (Verifier::builder(stub.url()).when_feed_is_lost(LostFeed::Refuse), "audience"),
        (whole().audience(""), "audience"),
        (whole().lost_after(seconds(14)), "lost_after"),
        (whole().leeway(seconds(21)), "lost_after"),
        (whole().leeway(seconds(31)), "leeway"),
        (Verifier::builder("http://auth.example.com").audience("a").when_feed_is_lost(LostFeed::Accept), "http://"),
    ];
    for (builder, word) in builders {
        let told = builder.start().await.err().unwrap().to_string();
        assert!(told.contains(word), "{told}");
    }
    assert_eq!(stub.key_requests(), 0);
}
