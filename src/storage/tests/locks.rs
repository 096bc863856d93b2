use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

#[test]
fn a_lock_keeps_others_out_and_leaves_nothing() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("a.csv");
    let lock = Lock::of(&path).unwrap();
    assert_eq!(names(&folder), [".a.csv.lock"]);
    let refused = Lock::within(&path, Duration::from_millis(30)).unwrap_err();
    assert!(refused.to_string().contains("another anon is busy with"), "{refused}");
    assert_eq!(refused.hint().as_deref(), Some("wait until it is done and try again"));
    drop(lock);
    assert_eq!(names(&folder), [""; 0]);
    drop(Lock::within(&path, Duration::ZERO).unwrap());
}

#[test]
fn one_at_a_time_has_a_lock() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("count");
    fs::write(&path, "0").unwrap();
    let inside = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..50 {
                    let _lock = Lock::of(&path).unwrap();
                    assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                    let count: usize = fs::read_to_string(&path).unwrap().parse().unwrap();
                    fs::write(&path, (count + 1).to_string()).unwrap();
                    inside.fetch_sub(1, Ordering::SeqCst);
                }
            });
        }
    });
    assert_eq!(fs::read_to_string(&path).unwrap(), "400");
    assert_eq!(names(&folder), ["count"]);
}

#[test]
fn leftovers_of_a_killed_process_are_removed_by_the_next() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("a.csv");
    let others = [".anon-a.csv-2-x1y2z3.tmp", ".anon-a.csv-x1y2z.tmp", ".anon-b.csv-x1y2z3.tmp", "a.csv.tmp"];
    for left in [".a.csv.lock", ".anon-a.csv-x1y2z3.tmp"].iter().chain(&others) {
        fs::write(folder.path().join(left), "half").unwrap();
    }
    drop(Lock::of(&path).unwrap());
    assert_eq!(names(&folder), others, "a.csv-2 and b.csv have locks of their own");
}
