//! Servers that say what is not so, or say no.

use super::*;

#[test]
fn the_id_of_another_job_is_not_taken() {
    for (lie, words) in [
        (Lie::Repeat, ["created 1001", "found 1002", "created 1003"]),
        (Lie::Id(5), ["created 1001", "found 1002", "created 1003"]),
        (Lie::Id(0), ["created 1001", "found 1002", "created 1003"]),
        (Lie::Id(-3), ["created 1001", "found 1002", "created 1003"]),
        (Lie::MixUp, ["created 1001", "found 1002", "created 1003"]),
        (Lie::NoEcho, ["created 1001", "created 1002", "created 1003"]),
    ] {
        let idis = FakeIdis::builder().clock_ahead(0).job(FakeJob::new(JobId(5))).start();
        let computer = Computer::new(&idis.url("p01"));
        computer.batch().add(&computer.server, [JobId(5)]).unwrap();
        idis.lie(Calls::nth("create_job", 2), lie.clone());
        assert_eq!(computer.create(rows(3)), words, "{lie:?}");
        computer.create(rows(3));
        assert_eq!((on_server(&idis), computer.ids()), (4, vec![5, 1001, 1002, 1003]), "{lie:?}");
    }
}

#[test]
fn listed_jobs_that_were_not_requested_are_ignored() {
    let idis = FakeIdis::builder().job(job_of_first_row(6)).job(FakeJob::new(JobId(5))).start();
    idis.lie(Calls::every("get_jobs_list_extended"), Lie::ListAll);
    let computer = Computer::new(&idis.url("p01"));
    computer.batch().add(&computer.server, [JobId(5)]).unwrap();
    assert_eq!(computer.known(rows(1)), ["new"], "job 6 is not in the batch");
}

#[test]
fn two_refusals_for_one_reason_stop_it_and_so_does_a_server_that_fails() {
    let (_idis, proxy, computer) = world();
    let refusal = Fault::json(400, r#"{"errors": {"a": "no"}}"#);
    proxy.on(Calls::nth("create_job", 1), refusal.clone());
    proxy.on(Calls::nth("create_job", 3), refusal.clone());
    proxy.on(Calls::nth("create_job", 4), refusal);
    assert_eq!(computer.create(rows(6)), ["failed", "created 1001", "failed", "failed", "not tried", "not tried"]);
    // What failed before stops nothing when it fails again.
    proxy.on(Calls::nth("create_job", 5), Fault::page(500, "boom"));
    proxy.on(Calls::nth("create_job", 6), Fault::page(500, "boom"));
    assert_eq!(computer.create(rows(6)), ["failed", "failed", "created 1002", "created 1003", "created 1004"]);
}
