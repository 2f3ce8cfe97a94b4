use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use locked_file::critical_section::{
    CriticalSection, quiescent_now, wait_for_other_threads, wait_until_quiescent,
};
use locked_file::{FileMode, PreparedWrite, WriteOptions};
use tempfile::TempDir;

#[test]
fn a_prepared_write_is_one_critical_section() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("file");
    let prepared = PreparedWrite::prepare(&path, &WriteOptions::new(FileMode::Private)).unwrap();
    let (about_to_wait, waiting) = channel();
    thread::scope(|scope| {
        scope.spawn(|| {
            about_to_wait.send(()).unwrap();
            let _quiescent = wait_until_quiescent();
            assert!(path.exists(), "the interrupt came before the write");
        });
        waiting.recv().unwrap();
        prepared.commit(b"new").unwrap();
    });
}

#[test]
fn critical_sections_may_nest() {
    let order = Mutex::new(Vec::new());
    let outer = CriticalSection::begin();
    thread::scope(|scope| {
        let (about_to_wait, waiting) = channel();
        let order = &order;
        scope.spawn(move || {
            about_to_wait.send(()).unwrap();
            let _quiescent = wait_until_quiescent();
            order.lock().unwrap().push("interrupted");
        });
        waiting.recv().unwrap();
        drop(CriticalSection::begin());
        order.lock().unwrap().push("outer section ends");
        drop(outer);
    });
    assert_eq!(
        *order.lock().unwrap(),
        ["outer section ends", "interrupted"]
    );
}

#[test]
fn a_critical_section_begins_only_after_quiescence() {
    let order = Mutex::new(Vec::new());
    let quiescent = wait_until_quiescent();
    thread::scope(|scope| {
        let (about_to_begin, beginning) = channel();
        let order = &order;
        scope.spawn(move || {
            about_to_begin.send(()).unwrap();
            let _section = CriticalSection::begin();
            order.lock().unwrap().push("section begins");
        });
        beginning.recv().unwrap();
        order.lock().unwrap().push("quiescence ends");
        drop(quiescent);
    });
    assert_eq!(
        *order.lock().unwrap(),
        ["quiescence ends", "section begins"]
    );
}

#[test]
fn the_sections_of_this_thread_do_not_count_as_those_of_other_threads() {
    drop(CriticalSection::begin());
    let _own = CriticalSection::begin();
    let (begun, has_begun) = channel();
    let (end, ends) = channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
            let _section = CriticalSection::begin();
            begun.send(()).unwrap();
            ends.recv().unwrap_err();
        });
        has_begun.recv().unwrap();
        assert!(wait_for_other_threads(Duration::ZERO).is_none());
        drop(end);
        assert!(wait_for_other_threads(Duration::from_secs(60)).is_some());
    });
}

/// The process may panic while it ends.
#[test]
fn a_thread_with_a_proof_gets_another_one() {
    let first = wait_until_quiescent();
    let second = wait_for_other_threads(Duration::ZERO).unwrap();
    let third = quiescent_now().unwrap();
    let order = Mutex::new(Vec::new());
    thread::scope(|scope| {
        let (about_to_begin, beginning) = channel();
        let order = &order;
        scope.spawn(move || {
            about_to_begin.send(()).unwrap();
            let _section = CriticalSection::begin();
            order.lock().unwrap().push("section begins");
        });
        beginning.recv().unwrap();
        drop((third, first));
        order.lock().unwrap().push("last proof ends");
        drop(second);
    });
    assert_eq!(
        *order.lock().unwrap(),
        ["last proof ends", "section begins"]
    );
}

/// Only one thread ends the process.
#[test]
fn threads_have_proofs_one_after_another() {
    let order = Mutex::new(Vec::new());
    let first = wait_until_quiescent();
    thread::scope(|scope| {
        let (about_to_wait, waiting) = channel();
        let order = &order;
        // Other tests may be in a section.
        let now_or_later = || quiescent_now().unwrap_or_else(wait_until_quiescent);
        let get = [now_or_later, wait_until_quiescent];
        for get in get {
            let about_to_wait = about_to_wait.clone();
            scope.spawn(move || {
                about_to_wait.send(()).unwrap();
                let _proof = get();
                order.lock().unwrap().push("other thread");
            });
            waiting.recv().unwrap();
        }
        scope
            .spawn(|| assert!(wait_for_other_threads(Duration::ZERO).is_none()))
            .join()
            .unwrap();
        order.lock().unwrap().push("first ends");
        drop(first);
    });
    assert_eq!(
        *order.lock().unwrap(),
        ["first ends", "other thread", "other thread"]
    );
}
