//! Requests without an answer: what may exist is looked for, and nothing is guessed.

use super::*;

#[test]
fn a_lost_job_is_found_before_the_next_is_requested() {
    let (idis, proxy, computer) = world();
    proxy.after(Calls::nth("create_job", 2), Fault::Close);
    assert_eq!(computer.create(rows(3)), ["created 1001", "found 1002", "created 1003"]);
    assert_eq!((on_server(&idis), computer.ids()), (3, vec![1001, 1002, 1003]));
    let functions: Vec<_> = idis.requests().into_iter().map(|call| call.function).collect();
    assert_eq!(functions, ["create_job", "create_job", "get_jobs", "get_jobs_list_extended", "create_job"]);
}

#[test]
fn two_answers_that_are_lost_in_a_row_are_reason_to_stop() {
    let (idis, proxy, computer) = world();
    for number in [1, 3, 4] {
        proxy.after(Calls::nth("create_job", number), Fault::Close);
    }
    assert_eq!(
        computer.create(rows(6)),
        ["found 1001", "created 1002", "found 1003", "found 1004", "not tried", "not tried"]
    );
    assert_eq!(computer.create(rows(6)), ["created 1005", "created 1006"]);
    assert_eq!(on_server(&idis), 6);
}

#[test]
fn a_request_that_was_lost_is_perhaps_created_until_somebody_decides() {
    let (idis, proxy, computer) = world();
    proxy.on(Calls::nth("create_job", 1), Fault::Close);
    assert_eq!(computer.create(rows(2)), ["perhaps", "not tried"]);
    assert_eq!(computer.known(rows(2)), ["new", "perhaps"]);
    assert_eq!(computer.create(rows(2)), ["created 1001"]);
    let session = computer.session(rows(2));
    let survey = session.survey(|_| true).unwrap();
    let [perhaps] = survey.perhaps.as_slice() else { panic!("{survey:?}") };
    assert_eq!(created(&session, &[perhaps.row]), ["created 1002"]);
    assert_eq!((on_server(&idis), computer.known(rows(2))), (2, vec!["created 1002".into(), "created 1001".into()]));
}

#[test]
fn requests_that_certainly_made_no_job_are_offered_again() {
    let (idis, proxy, computer) = world();
    proxy.on(Calls::nth("create_job", 1), Fault::json(401, "{}"));
    assert_eq!(computer.create(rows(2)), ["failed", "not tried"]);
    assert_eq!(computer.create(rows(2)), ["created 1001", "created 1002"]);
    assert_eq!((on_server(&idis), idis.calls("get_jobs")), (2, 0), "nobody need look");
}

#[test]
fn after_a_server_error_jobs_are_looked_for_before_a_new_request() {
    let (idis, proxy, computer) = world();
    proxy.after(Calls::nth("create_job", 1), Fault::page(500, "boom"));
    proxy.on(Calls::nth("create_job", 2), Fault::page(500, "boom"));
    assert_eq!(computer.create(rows(2)), ["found 1001", "not tried"]);
    assert_eq!(computer.create(rows(2)), ["failed"]);
    proxy.on(Calls::nth("get_jobs", 3), Fault::page(404, "away"));
    assert_eq!(computer.known(rows(2)), ["created 1001", "perhaps"], "as long as nobody can look");
    assert_eq!(computer.create(rows(2)), ["created 1002"]);
    assert_eq!(on_server(&idis), 2);
}

#[test]
fn as_long_as_the_server_cannot_be_looked_at_nothing_is_known() {
    let (_idis, proxy, computer) = world();
    proxy.after(Calls::nth("create_job", 1), Fault::Close);
    proxy.on(Calls::nth("get_jobs", 1), Fault::json(401, "{}"));
    let session = computer.session(rows(1));
    let survey = session.survey(|_| true).unwrap();
    let stop = AtomicBool::new(false);
    let ending = session.create(&survey.new, NonZeroUsize::MIN, &stop, |_, _| ()).unwrap();
    assert!(ending.unseen.is_some() && !ending.is_complete());
    assert_eq!(computer.known(rows(1)), ["created 1001"]);
}

#[test]
fn another_row_s_job_is_not_taken() {
    let (idis, proxy, computer) = world();
    proxy.on(Calls::nth("create_job", 2), Fault::Close);
    // The second row leaves its pseudonym to the server, so that the first row's job would fit it as well.
    let two = || vec![row("1.1", Some("A")), row("1.1", None)];
    assert_eq!(computer.create(two()), ["created 1001", "perhaps"]);
    assert_eq!(computer.known(two()), ["created 1001", "perhaps"]);
    assert_eq!(on_server(&idis), 1);
}

#[test]
fn an_earlier_or_cancelled_job_is_not_taken() {
    for (job, word) in [
        (job_of_first_row(6).field("date", hours_ago(20)), "perhaps 6"),
        (job_of_first_row(6).field("date", hours_ago(1)), "perhaps 6"),
        (job_of_first_row(6).field("date", hours_ago(30)), "perhaps"),
        (job_of_first_row(6).field("date", hours_ago(0)).status("INACTIVE"), "perhaps"),
        (job_of_first_row(6).field("date", hours_ago(0)).field("user_name", "colleague"), "perhaps"),
    ] {
        let idis = FakeIdis::builder().clock_ahead(0).job(job.clone()).start();
        let proxy = FaultyProxy::before(&idis);
        let computer = Computer::new(&proxy.url("p01"));
        proxy.on(Calls::nth("create_job", 1), Fault::Close);
        assert_eq!(computer.create(rows(1)), [word], "{job:?}");
        assert_eq!(computer.known(rows(1)), [word], "{job:?}");
    }
}

#[test]
fn a_person_chooses_between_two_jobs() {
    let idis = FakeIdis::builder().clock_ahead(0).job(job_of_first_row(6).field("date", hours_ago(20))).start();
    let proxy = FaultyProxy::before(&idis);
    let computer = Computer::new(&proxy.url("p01"));
    proxy.after(Calls::nth("create_job", 1), Fault::Close);
    assert_eq!(computer.create(rows(1)), ["perhaps 6 1001"]);
    let session = computer.session(rows(1));
    let survey = session.survey(|_| true).unwrap();
    let [perhaps] = survey.perhaps.as_slice() else { panic!("{survey:?}") };
    session.assign(&perhaps.row, JobId(1001)).unwrap();
    assert_eq!((computer.known(rows(1)), computer.ids()), (vec!["created 1001".to_owned()], vec![1001]));
    let again = session.assign(&perhaps.row, JobId(6)).unwrap_err().to_string();
    assert!(again.contains("another anon was faster"), "{again}");
}

#[test]
fn a_server_in_another_time_zone_is_understood_once_it_has_created_a_job() {
    for hours in [-9, 3] {
        let idis = FakeIdis::builder().clock_ahead(hours * 3600 + 240).start();
        let proxy = FaultyProxy::before(&idis);
        let computer = Computer::new(&proxy.url("p01"));
        proxy.after(Calls::nth("create_job", 2), Fault::Close);
        assert_eq!(computer.create(rows(2)), ["created 1001", "found 1002"], "{hours}");
        // Before that, a person has to say.
        let other = Computer::new(&proxy.url("p02"));
        proxy.after(Calls::nth("create_job", 3), Fault::Close);
        assert_eq!(other.create(rows(1)), ["perhaps 1001"], "{hours}");
    }
}
