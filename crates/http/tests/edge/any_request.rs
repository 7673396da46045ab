//! Whatever a client sends is answered, and the answer is one that is described.

use proptest::prelude::*;

use crate::wild_world::WildWorld;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_request_has_an_answer_that_is_described(requests in prop::collection::vec(any::<[u8; 32]>(), 8), tail in any::<Vec<u8>>()) {
        actix_web::rt::System::new().block_on(async {
            let mut world = WildWorld::new().await;
            for request in requests {
                world.ask(&[&request[..], &tail].concat()).await;
            }
        });
    }
}
