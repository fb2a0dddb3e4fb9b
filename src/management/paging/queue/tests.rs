use super::*;

fn page(text: String) -> FetchedPage {
    FetchedPage {
        text,
        items: Vec::new(),
        wrapped: false,
        next: None,
        total: None,
        start: None,
        limit: None,
        link: None,
    }
}

fn queue(allowed: usize) -> Queue {
    Queue::after(&page(String::new()), allowed)
}

/// Requests for these pages.
fn requests(pages: std::ops::Range<usize>) -> impl Iterator<Item = PageQuery> {
    pages.map(|number| vec![("page", number.to_string())])
}

/// The places of all requests that may be sent now.
fn sent(queue: &Queue) -> Vec<usize> {
    let mut state = queue.state();
    std::iter::from_fn(|| state.next()).map(|(place, _)| place).collect()
}

fn put(queue: &Queue, place: usize, allowed: usize) {
    queue.put(place, Ok(page(format!("page {place}"))), allowed);
}

fn taken(queue: &Queue) -> Option<String> {
    queue.take().map(|page| page.unwrap().text)
}

#[test]
fn pages_are_taken_in_the_order_of_their_requests() {
    let queue = queue(3);
    assert_eq!(queue.add(requests(1..4)), 3);
    let (place, request) = queue.next().unwrap();
    assert_eq!((place, request), (1, vec![("page", "1".to_owned())]));
    assert_eq!(sent(&queue), [2, 3]);
    for place in [3, 1, 2] {
        put(&queue, place, 3);
    }
    for place in 1..4 {
        assert_eq!(taken(&queue), Some(format!("page {place}")));
    }
    assert_eq!(taken(&queue), None);
}

#[test]
fn the_rate_limit_allows_one_to_ten_requests_at_once() {
    for (allowed, at_once) in [(0, 1), (1, 1), (2, 2), (10, 10), (50, MAX_CONCURRENT)] {
        let queue = queue(allowed);
        queue.add(requests(1..20));
        assert_eq!(sent(&queue).len(), at_once.min(MAX_AHEAD), "{allowed}");
        assert_eq!(sent(&queue), [0; 0], "{allowed}");
    }
    // The answer to a request changes the limit.
    let queue = queue(2);
    queue.add(requests(1..9));
    assert_eq!(sent(&queue), [1, 2]);
    put(&queue, 2, 2);
    assert_eq!(sent(&queue), [3]);
    put(&queue, 1, 4);
    assert_eq!(sent(&queue), [4, 5, 6]);
    put(&queue, 3, 1);
    assert_eq!(sent(&queue), [0; 0]);
}

#[test]
fn only_ten_pages_are_fetched_ahead_of_the_reader() {
    let queue = queue(10);
    assert_eq!(queue.add(requests(1..100)), MAX_AHEAD);
    assert_eq!(queue.add(requests(1..100)), MAX_AHEAD, "known requests are not added again");
    assert_eq!(sent(&queue), (1..11).collect::<Vec<_>>());
    (1..11).for_each(|place| put(&queue, place, 10));
    assert_eq!(sent(&queue), [0; 0]);
    assert_eq!(taken(&queue).as_deref(), Some("page 1"));
    // After one page, there is space for one more.
    assert_eq!(queue.add(requests(2..100)), MAX_AHEAD);
    assert_eq!(queue.next(), Some((11, vec![("page", "11".to_owned())])));
    assert_eq!(sent(&queue), [0; 0]);
}

#[test]
fn as_many_workers_are_useful_as_there_are_requests() {
    let queue = queue(10);
    assert_eq!(queue.add(requests(1..1)), 0);
    assert_eq!(taken(&queue), None);
    assert_eq!(queue.add(requests(1..3)), 2);
    put_first(&queue);
    assert_eq!(taken(&queue).as_deref(), Some("page 1"));
    assert_eq!(queue.add(requests(2..3)), 1);
}

fn put_first(queue: &Queue) {
    let (place, _) = queue.next().unwrap();
    put(queue, place, 10);
}

#[test]
fn a_long_page_waits_for_its_turn() {
    let long = Queue::after(&page("x".repeat(PAGE_SHARE + 1)), 1);
    assert!(!long.pages_are_short());
    let queue = Queue::after(&page("x".repeat(PAGE_SHARE)), 2);
    assert!(queue.pages_are_short());
    queue.add(requests(1..3));
    assert_eq!(sent(&queue), [1, 2]);
    assert!(queue.is_turn_of(1) && !queue.is_turn_of(2));
    assert!(queue.wait_for_turn_of(1));
    queue.note_long_page();
    assert!(!queue.pages_are_short());
    put(&queue, 1, 2);
    taken(&queue);
    assert!(queue.is_turn_of(2) && !queue.is_turn_of(1));
    assert!(queue.wait_for_turn_of(2));
}

#[test]
fn the_end_of_a_list_releases_workers() {
    let queue = queue(1);
    queue.add(requests(1..9));
    assert_eq!(sent(&queue), [1]);
    std::thread::scope(|scope| {
        let blocked = scope.spawn(|| queue.next());
        let ahead = scope.spawn(|| queue.wait_for_turn_of(5));
        queue.end();
        assert_eq!(blocked.join().unwrap(), None);
        assert!(!ahead.join().unwrap());
    });
    assert_eq!(queue.next(), None);
    assert!(!queue.wait_for_turn_of(1));
}

#[test]
fn workers_and_reader_wake_each_other() {
    let queue = queue(1);
    queue.add(requests(1..2));
    std::thread::scope(|scope| {
        // The worker blocks until the reader adds the second request, and the reader until the
        // worker stores a page.
        scope.spawn(|| {
            while let Some((place, _)) = queue.next() {
                put(&queue, place, 1);
            }
        });
        assert_eq!(taken(&queue).as_deref(), Some("page 1"));
        queue.add(requests(2..3));
        assert_eq!(taken(&queue).as_deref(), Some("page 2"));
        queue.end();
    });
}
