//! Other `anon`, on this computer and on others, at the same mapping.

use super::*;

#[test]
fn what_another_anon_did_after_the_survey_is_seen_under_the_lock() {
    let (idis, proxy, computer) = world();
    let session = computer.session(rows(3));
    let survey = session.survey(|_| true).unwrap();
    assert_eq!(computer.create(rows(1)), ["created 1001"]);
    proxy.on(Calls::nth("create_job", 2), Fault::Close);
    assert_eq!(computer.create(rows(2)), ["perhaps"]);
    assert_eq!(created(&session, &survey.new), ["meanwhile 1001", "perhaps", "created 1002"]);
    assert_eq!(on_server(&idis), 2);
}

#[test]
fn two_computers_with_one_mapping_create_each_job_once() {
    let (idis, proxy, one) = world();
    let two = Computer::of("colleague", &proxy.url("p01"), Arc::clone(&one.folder));
    assert_eq!(one.create(rows(2)), ["created 1001", "created 1002"]);
    assert_eq!(two.known(rows(3)), ["created 1001", "created 1002", "new"]);
    assert_eq!(two.create(rows(3)), ["created 1003"]);
    assert_eq!(idis.calls("get_jobs_list_extended"), 1, "what was recognised goes to the journal");
    assert_eq!(one.known(rows(3)), ["created 1001", "created 1002", "created 1003"]);
    assert_eq!(on_server(&idis), 3);
}

#[test]
fn what_another_computer_did_after_the_survey_is_seen_too() {
    let (idis, proxy, one) = world();
    let two = Computer::of("colleague", &proxy.url("p01"), Arc::clone(&one.folder));
    let session = two.session(rows(2));
    let survey = session.survey(|_| true).unwrap();
    assert_eq!(one.create(rows(1)), ["created 1001"]);
    assert_eq!(created(&session, &survey.new), ["meanwhile 1001", "created 1002"]);
    assert_eq!(on_server(&idis), 2);
}

#[test]
fn one_computer_at_a_time_creates_jobs_in_a_folder() {
    let (_idis, proxy, one) = world();
    let reserved = one.batch().reserve().unwrap();
    let two = Computer::of("colleague", &proxy.url("p01"), Arc::clone(&one.folder));
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| two.create(rows(1)));
        std::thread::sleep(std::time::Duration::from_millis(100));
        assert!(!waiting.is_finished());
        drop(reserved);
        assert_eq!(waiting.join().unwrap(), ["created 1001"]);
    });
}

#[test]
fn batch_jobs_without_a_row_are_looked_up_once() {
    let idis = FakeIdis::builder().clock_ahead(0).jobs(7).start();
    let computer = Computer::new(&idis.url("p01"));
    computer.batch().add(&computer.server, (1..=7).map(JobId)).unwrap();
    assert_eq!(computer.create(rows(1)), ["created 1001"]);
    assert_eq!(idis.calls("get_jobs_list_extended"), 1);
}

#[test]
fn a_job_that_two_rows_ask_for_is_recognised_once() {
    let (_idis, proxy, one) = world();
    let two = Computer::of("colleague", &proxy.url("p01"), Arc::clone(&one.folder));
    assert_eq!(one.create(rows(1)), ["created 1001"]);
    let session = two.session([rows(1), rows(1)].concat());
    assert_eq!(session.survey(|_| true).unwrap().adopted, [JobId(1001)]);
}
