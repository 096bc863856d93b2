use proptest::prelude::*;

use super::*;

fn server() -> Server {
    Server { name: "p01".to_owned(), url: "https://apiservers/p01".to_owned() }
}

fn ids(numbers: impl IntoIterator<Item = i64>) -> BTreeSet<JobId> {
    numbers.into_iter().map(JobId).collect()
}

fn parse(text: &str) -> Batch {
    Batch::parse(text.as_bytes(), Path::new(FILE_NAME)).unwrap()
}

#[test]
fn a_batch_is_written_as_the_manual_shows_it() {
    let batch = Batch { job_ids: ids([10, 2]), ..Batch::empty(server()) };
    let text = "job_ids:\n- '2'\n- '10'\nserver:\n  name: p01\n  url: https://apiservers/p01\n";
    assert_eq!(batch.to_yaml(), text);
    assert_eq!(parse(text), batch);
}

#[test]
fn unquoted_ids_and_extra_keys_are_read() {
    let text = "extra: 1\njob_ids: [3, '4', null]\nserver: {name: a, url: b}\n";
    assert_eq!(parse(text).job_ids, ids([3, 4]));
}

#[test]
fn lists_are_split_and_other_text_is_kept() {
    let text = "job_ids: ['1,2, 3', abc, '-1', '0', ' 7 ', '4,x', 'abc', '', '5-6']\nserver: {name: a, url: b}\n";
    let batch = parse(text);
    assert_eq!(batch.job_ids, ids([1, 2, 3, 4, 7]));
    assert_eq!(batch.not_ids, ["abc", "-1", "0", "x", "5-6"]);
    assert_eq!(parse(&batch.to_yaml()), batch);
    let only = Batch { not_ids: vec!["a: b".to_owned()], ..Batch::empty(server()) };
    assert_eq!(parse(&only.to_yaml()), only);
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    let error = Batch::parse(b"job_ids:\n- '1'\nserver: 5\n", Path::new(FILE_NAME)).unwrap_err();
    assert!(error.to_string().starts_with(".anonbatch, line 3: server: found a text, expected lines"), "{error}");
}

#[test]
fn an_existing_batch_is_not_replaced_even_if_it_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let batch = BatchFolder::new(folder.path());
    std::fs::write(batch.path(), "job_ids: [\n").unwrap();
    assert!(matches!(batch.init(server()), Err(Error::BatchExists)));
    assert_eq!(batch.delete().unwrap(), None, "it cannot be understood");
    batch.init(server()).unwrap();
    assert!(matches!(batch.init(server()), Err(Error::BatchExists)));
}

#[test]
fn what_is_deleted_is_what_was_there_at_that_moment() {
    let folder = tempfile::tempdir().unwrap();
    let batch = BatchFolder::new(folder.path());
    batch.add(&server(), ids([1])).unwrap();
    let seen = batch.load().unwrap();
    BatchFolder::new(folder.path()).add(&server(), ids([2])).unwrap();
    let deleted = batch.delete().unwrap().unwrap();
    assert_eq!((seen.job_ids, deleted.job_ids), (ids([1]), ids([1, 2])));
    assert!(matches!(batch.delete(), Err(Error::NoBatch)));
}

#[test]
fn additions_keep_concurrent_changes() {
    let folder = tempfile::tempdir().unwrap();
    let batch = BatchFolder::new(folder.path());
    let mut additions = batch.additions(&server());
    additions.add(JobId(1)).unwrap();
    additions.add(JobId(2)).unwrap();
    batch.add(&server(), ids([1, 7])).unwrap();
    additions.add(JobId(3)).unwrap();
    assert_eq!(batch.load().unwrap().job_ids, ids([1, 2, 3, 7]));
    batch.change(|batch| Ok(batch.job_ids.remove(&JobId(7)))).unwrap();
    additions.add(JobId(4)).unwrap();
    assert_eq!(batch.load().unwrap().job_ids, ids([1, 2, 3, 4]));
    // Its folder was emptied: what is added then is all that there is.
    batch.delete().unwrap();
    additions.add(JobId(5)).unwrap();
    assert_eq!(batch.load().unwrap().job_ids, ids([5]));
    batch.delete().unwrap();
    let elsewhere = Server { url: "https://another".to_owned(), ..server() };
    batch.init(elsewhere).unwrap();
    assert!(matches!(additions.add(JobId(6)), Err(Error::OtherServer { .. })));
}

#[test]
fn one_at_a_time_creates_jobs_in_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let batch = BatchFolder::new(folder.path());
    let reserved = batch.reserve().unwrap();
    // The batch itself is free.
    batch.add(&server(), ids([1])).unwrap();
    let path = batch.path().with_extension("create");
    assert!(crate::storage::Lock::within(&path, std::time::Duration::ZERO).is_err());
    drop(reserved);
    assert!(batch.reserve().is_ok());
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Batch::parse(&bytes, Path::new(FILE_NAME));
    }

    #[test]
    fn batches_go_round(
        numbers in proptest::collection::btree_set(1..i64::MAX, 0..50),
        not_ids in proptest::collection::btree_set("[a-z: '#-]{0,5}[a-z]", 0..5),
        name in ".*",
        url in ".*",
    ) {
        let not_ids = not_ids.iter().map(|text| text.trim().to_owned()).collect::<BTreeSet<_>>().into_iter().collect();
        let batch = Batch { job_ids: ids(numbers), not_ids, server: Server::named(name, &url) };
        prop_assert_eq!(Batch::parse(batch.to_yaml().as_bytes(), Path::new(FILE_NAME)).unwrap(), batch);
    }
}
