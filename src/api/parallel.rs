use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// Does `work` for each item, at most `at_once` at a time, and hands the results to `each` in the order of the items, as soon
/// as that order allows.
///
/// `each` says whether to go on: after it has said no, no further item is begun; those under way are still handed over.
/// Returns how many items were done.
pub fn in_parallel<T: Sync, R: Send>(
    items: &[T],
    at_once: usize,
    work: impl Fn(&T) -> R + Sync,
    mut each: impl FnMut(&T, R) -> bool,
) -> usize {
    let next = AtomicUsize::new(0);
    let mut done = 0;
    thread::scope(|scope| {
        let (send, receive) = mpsc::channel();
        for _ in 0..at_once.clamp(1, items.len().max(1)) {
            let (send, next, work) = (send.clone(), &next, &work);
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(index) else { break };
                    if send.send((index, work(item))).is_err() {
                        break;
                    }
                }
            });
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

#[cfg(test)]
mod tests {
    use super::in_parallel;

    #[test]
    fn results_come_in_the_order_of_the_items() {
        let items: Vec<usize> = (0..100).collect();
        let mut seen = Vec::new();
        let work = |item: &usize| {
            std::thread::sleep(std::time::Duration::from_micros(((item * 7919) % 13) as u64 * 20));
            item * 2
        };
        let done = in_parallel(&items, 8, work, |item, result| {
            seen.push((*item, result));
            true
        });
        assert_eq!(done, 100);
        assert_eq!(seen, items.iter().map(|item| (*item, item * 2)).collect::<Vec<_>>());
    }

    #[test]
    fn nothing_is_begun_after_a_no() {
        let items: Vec<usize> = (0..1000).collect();
        let work = |item: &usize| {
            std::thread::sleep(std::time::Duration::from_millis(2));
            *item
        };
        let done = in_parallel(&items, 1, work, |item, _| *item < 2);
        assert!((3..100).contains(&done), "{done} items were done");
    }
}
