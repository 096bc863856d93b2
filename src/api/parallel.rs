use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// Does `work` for each item, at most `at_once` at a time, and hands the results to `each` in the order of the items, as soon
/// as that order allows.
///
/// `each` says whether to go on: after it has said no, no further item is begun; those under way are still handed over.
/// Returns how many items were done. If the system has no threads or descriptors left, fewer are done at a time.
pub fn in_parallel<T: Sync, R: Send>(
    items: &[T],
    at_once: usize,
    work: impl Fn(&T) -> R + Sync,
    mut each: impl FnMut(&T, R) -> bool,
) -> usize {
    let workers = at_once.min(items.len()).min(room_for(at_once));
    let (mut done, mut go_on) = (0, true);
    if workers > 1 {
        done = by_threads(items, workers, &work, |item, result| {
            go_on &= each(item, result);
            go_on
        });
    }
    // One thread needs no other; and where none could be started, this one is left.
    while let Some(item) = items.get(done).filter(|_| go_on) {
        go_on = each(item, work(item));
        done += 1;
    }
    done
}

fn by_threads<T: Sync, R: Send>(
    items: &[T],
    workers: usize,
    work: &(impl Fn(&T) -> R + Sync),
    mut each: impl FnMut(&T, R) -> bool,
) -> usize {
    let next = AtomicUsize::new(0);
    let mut done = 0;
    thread::scope(|scope| {
        let (send, receive) = mpsc::channel();
        for _ in 0..workers {
            let (send, next) = (send.clone(), &next);
            let worker = move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(index) else { break };
                    if send.send((index, work(item))).is_err() {
                        break;
                    }
                }
            };
            if thread::Builder::new().spawn_scoped(scope, worker).is_err() {
                break;
            }
        }
        drop(send);
        let mut early = BTreeMap::new();
        for (index, result) in receive {
            early.insert(index, result);
            while let Some(result) = early.remove(&done) {
                if !each(&items[done], result) {
                    next.fetch_max(items.len(), Ordering::Relaxed);
                }
                done += 1;
            }
        }
    });
    done
}

/// How many workers the system has descriptors and addresses for.
fn room_for(workers: usize) -> usize {
    /// Descriptors for a connection, or for a folder and a file in it.
    const EACH: usize = 2;
    /// Descriptors left for the rest of the program.
    const OTHERS: usize = 16;
    /// For a worker and a thread that its work may start: a stack, and what glibc keeps apart for a thread's allocations.
    const ADDRESSES: usize = (2 * (2 + 64)) << 20;
    if !cfg!(unix) || workers < 2 {
        return workers;
    }
    let wanted = workers.saturating_mul(EACH).saturating_add(OTHERS);
    let free: Vec<_> = (0..wanted).map_while(|_| std::fs::File::open("/dev/null").ok()).collect();
    let mut room = free.len().saturating_sub(OTHERS) / EACH;
    let has_addresses = |workers: usize| {
        let mut reserved: Vec<u8> = Vec::new();
        let is_there = reserved.try_reserve_exact(workers.saturating_mul(ADDRESSES)).is_ok();
        // Nothing of it is touched, and would be left out by the compiler.
        std::hint::black_box(&mut reserved);
        is_there
    };
    while room > 1 && !has_addresses(room) {
        room /= 2;
    }
    room
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_items() {
        let items: Vec<usize> = (0..100).collect();
        for at_once in [0, 1, 8] {
            let mut seen = Vec::new();
            let work = |item: &usize| {
                thread::sleep(std::time::Duration::from_micros(((item * 7919) % 13) as u64 * 20));
                item * 2
            };
            let done = in_parallel(&items, at_once, work, |item, result| {
                seen.push((*item, result));
                true
            });
            assert_eq!(done, 100);
            assert_eq!(seen, items.iter().map(|item| (*item, item * 2)).collect::<Vec<_>>());
        }
    }

    #[test]
    fn nothing_is_begun_after_a_no() {
        let items: Vec<usize> = (0..1000).collect();
        for (at_once, most) in [(1, 3), (4, 100)] {
            let begun = AtomicUsize::new(0);
            let work = |item: &usize| {
                begun.fetch_add(1, Ordering::Relaxed);
                thread::sleep(std::time::Duration::from_millis(2));
                *item
            };
            let done = in_parallel(&items, at_once, work, |item, _| *item < 2);
            assert!((3..=most).contains(&done), "{done} items were done");
            assert_eq!(done, begun.into_inner(), "what was begun is handed over");
        }
    }
}
