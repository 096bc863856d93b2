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
    let mut in_order = InOrder { items, early: BTreeMap::new(), done: 0 };
    // Claims the next item and works on it.
    let one_more = || {
        let index = next.fetch_add(1, Ordering::Relaxed);
        items.get(index).map(|item| (index, work(item)))
    };
    let mut hand_over = |result| {
        if !in_order.take(result, &mut each) {
            next.fetch_max(items.len(), Ordering::Relaxed);
        }
    };
    thread::scope(|scope| {
        let (send, receive) = mpsc::channel();
        for _ in 0..at_once.clamp(1, items.len().max(1)) {
            let (send, one_more) = (send.clone(), &one_more);
            let helper = move || while one_more().is_some_and(|result| send.send(result).is_ok()) {};
            // The system may have no threads left: then those that there are do the work.
            if thread::Builder::new().spawn_scoped(scope, helper).is_err() {
                break;
            }
        }
        drop(send);
        receive.into_iter().for_each(&mut hand_over);
    });
    // Without a single helper, this thread does it all.
    while let Some(result) = one_more() {
        hand_over(result);
    }
    in_order.done
}

/// Results that are handed over in the order of their items.
struct InOrder<'a, T, R> {
    items: &'a [T],
    /// Those that are there before an earlier one.
    early: BTreeMap<usize, R>,
    done: usize,
}

impl<T, R> InOrder<'_, T, R> {
    /// Hands over what can be; `false` if `each` has said no.
    fn take(&mut self, (index, result): (usize, R), each: &mut impl FnMut(&T, R) -> bool) -> bool {
        let mut go_on = true;
        self.early.insert(index, result);
        while let Some(result) = self.early.remove(&self.done) {
            go_on &= each(&self.items[self.done], result);
            self.done += 1;
        }
        go_on
    }
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
