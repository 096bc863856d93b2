//! Rows to jobs, and what is known of them afterwards.

use super::*;

#[test]
fn each_id_is_on_disk_before_the_next_job_is_requested() {
    let (idis, _proxy, computer) = world();
    let session = computer.session(rows(3));
    let survey = session.survey(|_| true).unwrap();
    let stop = AtomicBool::new(false);
    let mut number = 1000;
    let ending = session.create(&survey.new, NonZeroUsize::MIN, &stop, |_, _| {
        number += 1;
        let text = std::fs::read_to_string(computer.journal()).unwrap();
        assert!(text.contains(&format!("{{\"created\":{number}}}")), "{text}");
        assert_eq!(computer.ids(), (1001..=number).collect::<Vec<_>>());
        assert_eq!(idis.calls("create_job") as i64, number - 1000);
    });
    assert!(ending.unwrap().is_complete());
    assert_eq!(number, 1003);
}

#[test]
fn rows_with_a_job_are_recognised_without_asking() {
    let (idis, _proxy, computer) = world();
    assert_eq!(computer.create(rows(2)), ["created 1001", "created 1002"]);
    assert_eq!(computer.known(rows(3)), ["created 1001", "created 1002", "new"]);
    assert_eq!(computer.create(rows(3)), ["created 1003"]);
    assert_eq!(idis.requests().len(), 3);
}

#[test]
fn rows_that_ask_for_the_same_job_are_created_once() {
    let (idis, _proxy, computer) = world();
    let twice = || rows(2).into_iter().chain(rows(1)).collect::<Vec<_>>();
    assert_eq!(computer.known(twice()), ["new", "new", "repeated"]);
    computer.create(twice());
    assert_eq!(on_server(&idis), 2);
    assert_eq!(computer.known(twice()), ["created 1001", "created 1002", "repeated"]);
}

#[test]
fn only_wanted_rows_are_surveyed() {
    let (_idis, _proxy, computer) = world();
    let session = computer.session(rows(3));
    let survey = session.survey(|row| row.has_pseudonym("B")).unwrap();
    assert_eq!(survey.new.iter().map(|row| row.planned().source.value()).collect::<Vec<_>>(), ["1.2"]);
}

#[test]
fn a_batch_gets_back_what_it_lost() {
    let (_idis, _proxy, computer) = world();
    computer.create(rows(2));
    computer.batch().delete().unwrap();
    let session = computer.session(rows(2));
    let survey = session.survey(|_| true).unwrap();
    assert_eq!((survey.restored, computer.ids()), (vec![JobId(1001), JobId(1002)], vec![1001, 1002]));
}

#[test]
fn a_journal_that_cannot_be_read_stops_everything() {
    let (idis, _proxy, computer) = world();
    computer.create(rows(2));
    let good = std::fs::read(computer.journal()).unwrap();
    let before = idis.requests().len();
    for bytes in [vec![0; good.len()], b"{}\n".to_vec()] {
        std::fs::write(computer.journal(), bytes).unwrap();
        let session = computer.session(rows(3));
        let error = session.survey(|_| true).unwrap_err();
        assert!(matches!(error, Error::Contents(_)), "{error}");
        assert!(session.create(&[], NonZeroUsize::MIN, &AtomicBool::new(false), |_, _| ()).is_err());
        assert!(session.outline(|_| true).is_err());
    }
    assert_eq!(idis.requests().len(), before, "nothing is sent");
}

#[test]
fn a_stop_ends_it_after_the_job_that_is_being_created() {
    let (idis, _proxy, computer) = world();
    let session = computer.session(rows(3));
    let survey = session.survey(|_| true).unwrap();
    let stop = AtomicBool::new(false);
    let ending = session.create(&survey.new, NonZeroUsize::MIN, &stop, |_, _| {
        stop.store(true, Ordering::SeqCst);
    });
    let ending = ending.unwrap();
    let words: Vec<String> = ending.rows.iter().map(|done| word(&done.outcome)).collect();
    assert_eq!(
        (words, ending.interrupted),
        (vec!["created 1001".into(), "not tried".into(), "not tried".into()], true)
    );
    assert_eq!(on_server(&idis), 1);
}

#[test]
fn an_outline_sends_and_writes_nothing() {
    let (idis, _proxy, computer) = world();
    let session = computer.session(rows(2));
    let outline = session.outline(|_| true).unwrap();
    assert_eq!((outline.new.len(), idis.requests().len()), (2, 0));
    assert!(!computer.journal().parent().unwrap().exists() && !computer.batch().path().exists());
}

#[test]
fn a_batch_of_another_server_is_refused_at_once() -> Result<()> {
    let (idis, _proxy, computer) = world();
    computer.batch().init(Server { name: "p02".to_owned(), url: idis.url("p02") })?;
    let session = computer.session(rows(1));
    assert!(matches!(session.survey(|_| true), Err(Error::OtherServer { .. })));
    assert!(matches!(session.outline(|_| true), Err(Error::OtherServer { .. })));
    Ok(())
}
