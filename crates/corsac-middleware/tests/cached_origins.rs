//! The cache in front of a source of origins: what it remembers, whom it asks, and what it does when nobody answers.

mod support;

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use corsac_middleware::{CacheLimits, CachedOrigins, OriginSource, SourceFailure};
use futures_util::FutureExt;
use futures_util::future::join_all;
use support::{Tenants, settle};

const TENANT: &str = "https://tenant.example";
const LONG: Duration = Duration::from_secs(3600);

/// Nothing expires and nothing is too slow, as far as a test is concerned.
const PATIENT: CacheLimits = CacheLimits {
    allowed_for: LONG,
    refused_for: LONG,
    capacity: 1000,
    timeout: LONG,
    questions_at_once: 32,
};

#[tokio::test]
async fn an_answer_is_asked_for_once_and_then_known() {
    let tenants = Tenants::prompt();
    let origins = CachedOrigins::new(tenants.clone(), PATIENT);
    assert_eq!(origins.known(TENANT), None);
    assert!(origins.allows(TENANT).await.expect("an answer"));
    assert_eq!(origins.known(TENANT), Some(true));
    assert_eq!(origins.clone().known(TENANT), Some(true));
    assert!(origins.allows(TENANT).await.expect("an answer"));
    assert_eq!(tenants.asked(), 1);

    tenants.allow(false);
    assert!(!origins.allows("https://stranger.example").await.expect("an answer"));
    assert_eq!(origins.known("https://stranger.example"), Some(false));
    assert_eq!(origins.known(TENANT), Some(true));
    assert_eq!(tenants.asked(), 2);
}

#[tokio::test]
async fn what_is_known_needs_no_waiting() {
    let origins = CachedOrigins::new(Tenants::prompt(), PATIENT);
    assert!(origins.allows(TENANT).await.expect("an answer"));
    let answer = origins.allows(TENANT).now_or_never().expect("it is known already");
    assert!(answer.expect("an answer"));
}

#[tokio::test]
async fn an_origin_is_asked_about_byte_for_byte() {
    let tenants = Tenants::prompt();
    let origins = CachedOrigins::new(tenants.clone(), PATIENT);
    for origin in [TENANT, "https://tenant.example:8443", "http://tenant.example", "https://tenant.example."]
    {
        assert!(origins.allows(origin).await.expect("an answer"));
    }
    assert_eq!(
        tenants.asked_about(),
        [TENANT, "https://tenant.example:8443", "http://tenant.example", "https://tenant.example."]
    );
}

#[tokio::test]
async fn many_who_ask_the_same_ask_once() {
    let tenants = Tenants::with_answers(0);
    let origins = CachedOrigins::new(tenants.clone(), PATIENT);
    let askers: Vec<_> = (0..100).map(|_| tokio::spawn(origins.allows(TENANT))).collect();
    settle().await;
    assert_eq!((tenants.asked(), tenants.running()), (1, 1));
    tenants.answer(1);
    for asker in askers {
        assert!(asker.await.expect("no asker panics").expect("an answer"));
    }
    assert_eq!(tenants.asked(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_threads_that_ask_the_same_ask_once() {
    for _ in 0..50 {
        let tenants = Tenants::with_answers(0);
        let origins = CachedOrigins::new(tenants.clone(), PATIENT);
        let askers: Vec<_> = (0..16).map(|_| tokio::spawn(origins.allows(TENANT))).collect();
        tenants.answer(16);
        for asker in askers {
            assert!(asker.await.expect("no asker panics").expect("an answer"));
        }
        assert_eq!(tenants.asked(), 1);
    }
}

#[tokio::test]
async fn allowed_and_refused_are_remembered_for_their_own_time() {
    let short = Duration::from_millis(20);
    for (allowed, limits) in [
        (true, CacheLimits { allowed_for: short, ..PATIENT }),
        (false, CacheLimits { refused_for: short, ..PATIENT }),
    ] {
        let tenants = Tenants::prompt();
        let origins = CachedOrigins::new(tenants.clone(), limits);
        tenants.allow(!allowed);
        assert_eq!(origins.allows("https://lasting.example").await.expect("an answer"), !allowed);
        tenants.allow(allowed);
        assert_eq!(origins.allows(TENANT).await.expect("an answer"), allowed);
        assert_eq!(tenants.asked(), 2);
        // It is forgotten some time; how long that takes is the machine's affair.
        while origins.known(TENANT).is_some() {
            tokio::time::sleep(short).await;
        }
        assert_eq!(origins.known("https://lasting.example"), Some(!allowed));

        tenants.allow(!allowed);
        assert_eq!(origins.allows(TENANT).await.expect("an answer"), !allowed);
        assert_eq!(tenants.asked(), 3);
        // The new answer has the time of its own kind.
        tokio::time::sleep(short * 2).await;
        assert_eq!(origins.known(TENANT), Some(!allowed));
    }
}

#[tokio::test]
async fn nothing_is_remembered_for_no_time() {
    let tenants = Tenants::prompt();
    let limits = CacheLimits { allowed_for: Duration::ZERO, refused_for: Duration::ZERO, ..PATIENT };
    let origins = CachedOrigins::new(tenants.clone(), limits);
    for count in 1..4 {
        assert!(origins.allows(TENANT).await.expect("an answer"));
        assert_eq!((origins.known(TENANT), tenants.asked()), (None, count));
    }
}

#[tokio::test]
async fn a_failure_is_shared_by_those_who_wait_and_not_remembered() {
    let tenants = Tenants::with_answers(0);
    let origins = CachedOrigins::new(tenants.clone(), PATIENT);
    tenants.fail(true);
    let askers: Vec<_> = (0..10).map(|_| tokio::spawn(origins.allows(TENANT))).collect();
    settle().await;
    tenants.answer(1);
    for asker in askers {
        let failure = asker.await.expect("no asker panics").expect_err("there is no answer");
        assert!(matches!(&failure, SourceFailure::Failed(why) if &**why == "the database is away"));
        assert_eq!(failure.to_string(), "the source of origins failed: the database is away");
    }
    assert_eq!((tenants.asked(), origins.known(TENANT)), (1, None));

    tenants.fail(false);
    tenants.answer(1);
    assert!(origins.allows(TENANT).await.expect("an answer"));
    assert_eq!(tenants.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_source_that_is_too_slow_is_a_failure_and_not_remembered() {
    let tenants = Tenants::with_answers(0);
    let origins =
        CachedOrigins::new(tenants.clone(), CacheLimits { timeout: Duration::from_secs(2), ..PATIENT });
    let failure = origins.allows(TENANT).await.expect_err("there is no answer");
    assert!(matches!(failure, SourceFailure::TooSlow));
    assert_eq!(failure.to_string(), "the source of origins did not answer in time");
    assert_eq!((tenants.asked(), tenants.running(), origins.known(TENANT)), (1, 0, None));

    tenants.answer(1);
    assert!(origins.allows(TENANT).await.expect("an answer"));
}

#[tokio::test(start_paused = true)]
async fn waiting_for_a_turn_counts_as_waiting() {
    let tenants = Tenants::with_answers(0);
    let limits = CacheLimits { timeout: Duration::from_secs(2), questions_at_once: 1, ..PATIENT };
    let origins = CachedOrigins::new(tenants.clone(), limits);
    let (one, other) = tokio::join!(origins.allows("https://1.example"), origins.allows("https://2.example"));
    assert!(matches!((one, other), (Err(SourceFailure::TooSlow), Err(SourceFailure::TooSlow))));
    assert_eq!(tenants.asked(), 1);
}

/// Requests whose connection stalls are not polled, and must not hold up those of others.
#[tokio::test(start_paused = true)]
async fn nobody_waits_longer_for_another_asker_than_for_the_source() {
    let tenants = Tenants::with_answers(0);
    let origins =
        CachedOrigins::new(tenants.clone(), CacheLimits { timeout: Duration::from_secs(2), ..PATIENT });
    let mut stalled = pin!(origins.allows(TENANT));
    poll_fn(|context| {
        assert!(stalled.as_mut().poll(context).is_pending());
        Poll::Ready(())
    })
    .await;
    assert_eq!(tenants.running(), 1);
    let failure = origins.allows(TENANT).await.expect_err("there is no answer");
    assert!(matches!(failure, SourceFailure::TooSlow));
}

#[tokio::test]
async fn whoever_asked_first_may_go_without_stranding_the_others() {
    let tenants = Tenants::with_answers(0);
    let origins = CachedOrigins::new(tenants.clone(), PATIENT);
    let first = tokio::spawn(origins.allows(TENANT));
    settle().await;
    let others: Vec<_> = (0..10).map(|_| tokio::spawn(origins.allows(TENANT))).collect();
    settle().await;
    first.abort();
    assert!(first.await.expect_err("it was ended").is_cancelled());
    settle().await;
    assert_eq!(tenants.running(), 1);
    tenants.answer(1);
    for other in others {
        assert!(other.await.expect("no asker panics").expect("an answer"));
    }
    assert_eq!(origins.known(TENANT), Some(true));
}

/// One connection can carry, and cancel, hundreds of requests.
#[tokio::test]
async fn any_number_of_askers_may_go() {
    let tenants = Tenants::with_answers(0);
    let origins = CachedOrigins::new(tenants.clone(), PATIENT);
    let mut askers: Vec<_> = (0..500).map(|_| tokio::spawn(origins.allows(TENANT))).collect();
    let last = askers.pop().expect("there are askers");
    for asker in askers {
        settle().await;
        asker.abort();
    }
    settle().await;
    tenants.answer(1);
    assert!(last.await.expect("it is not ended").expect("an answer"));
}

#[tokio::test]
async fn when_everyone_has_gone_nothing_is_left_behind() {
    let tenants = Tenants::with_answers(0);
    let origins = CachedOrigins::new(tenants.clone(), CacheLimits { questions_at_once: 1, ..PATIENT });
    for count in 1..5 {
        let asker = tokio::spawn(origins.allows(TENANT));
        settle().await;
        assert_eq!((tenants.asked(), tenants.running()), (count, 1));
        asker.abort();
        let _ = asker.await;
        assert_eq!(tenants.running(), 0);
    }
    tenants.answer(1);
    assert!(origins.allows(TENANT).await.expect("an answer"));
}

#[tokio::test]
async fn a_source_that_panics_refuses() {
    struct Broken;

    impl OriginSource for Broken {
        type Error = std::convert::Infallible;

        async fn allows(&self, _: &str) -> Result<bool, Self::Error> {
            panic!("a source with a mistake")
        }
    }

    let origins = CachedOrigins::new(Broken, PATIENT);
    let askers = join_all((0..3).map(|_| tokio::spawn(origins.allows(TENANT)))).await;
    for asker in askers {
        let failure = asker.expect("no asker panics").expect_err("there is no answer");
        assert_eq!(failure.to_string(), "the source of origins failed: it panicked");
    }
    assert_eq!(origins.known(TENANT), None);
}

#[tokio::test]
async fn only_so_many_questions_are_asked_at_once() {
    let tenants = Tenants::with_answers(0);
    let origins = CachedOrigins::new(tenants.clone(), CacheLimits { questions_at_once: 3, ..PATIENT });
    let askers: Vec<_> =
        (0..10).map(|number| tokio::spawn(origins.allows(&format!("https://{number}.example")))).collect();
    for answered in 0..=7 {
        settle().await;
        assert_eq!((tenants.running(), tenants.asked()), (3, 3 + answered));
        tenants.answer(1);
    }
    tenants.answer(2);
    for asker in askers {
        assert!(asker.await.expect("no asker panics").expect("an answer"));
    }
}

#[tokio::test]
async fn no_questions_at_once_means_one() {
    let origins = CachedOrigins::new(Tenants::prompt(), CacheLimits { questions_at_once: 0, ..PATIENT });
    assert!(origins.allows(TENANT).await.expect("an answer"));
}

#[tokio::test]
async fn strangers_cannot_fill_the_memory() {
    let origins = CachedOrigins::new(Tenants::prompt(), CacheLimits { capacity: 10, ..PATIENT });
    for number in 0..2000 {
        origins.allows(&format!("https://{number}.example")).await.expect("an answer");
    }
    // The cache tidies up as it is used, and not at once.
    let known = (0..2000).filter(|number| origins.known(&format!("https://{number}.example")).is_some());
    assert!(known.count() < 1000);
}

#[tokio::test]
async fn what_is_forgotten_is_asked_again() {
    let tenants = Tenants::prompt();
    let origins = CachedOrigins::new(tenants.clone(), PATIENT);
    let other = "https://other.example";
    for origin in [TENANT, other] {
        assert!(origins.allows(origin).await.expect("an answer"));
    }
    tenants.allow(false);
    origins.forget(TENANT).await;
    assert_eq!((origins.known(TENANT), origins.known(other)), (None, Some(true)));
    assert!(!origins.allows(TENANT).await.expect("an answer"));

    origins.forget_all();
    assert_eq!((origins.known(TENANT), origins.known(other)), (None, None));
    assert!(!origins.allows(other).await.expect("an answer"));
}

/// A tenant is added while somebody's question about it is on its way: the old answer must not stay.
#[tokio::test]
async fn what_is_forgotten_while_it_is_asked_is_asked_again() {
    for all in [false, true] {
        let tenants = Tenants::with_answers(0);
        let origins = CachedOrigins::new(tenants.clone(), PATIENT);
        tenants.allow(false);
        let early = tokio::spawn(origins.allows(TENANT));
        settle().await;
        assert_eq!(tenants.running(), 1);

        tenants.allow(true);
        if all {
            origins.forget_all();
        } else {
            origins.forget(TENANT).await;
        }
        let late = tokio::spawn(origins.allows(TENANT));
        settle().await;
        tenants.answer(5);
        assert!(early.await.expect("no asker panics").is_ok());
        assert!(late.await.expect("no asker panics").expect("an answer"));
        assert_eq!(origins.known(TENANT), Some(true));
    }
}
