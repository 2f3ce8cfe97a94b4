use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::thread;

use locked_file::{FileMode, PreparedWrite, Uninterrupted, WriteOptions, wait_until_interruptible};
use tempfile::TempDir;

#[test]
fn an_interrupt_waits_for_the_end_of_a_prepared_write() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("file");
    let prepared = PreparedWrite::prepare(&path, &WriteOptions::new(FileMode::Private)).unwrap();
    let (about_to_wait, waits) = channel();
    thread::scope(|scope| {
        scope.spawn(|| {
            about_to_wait.send(()).unwrap();
            let _quiet = wait_until_interruptible();
            assert!(path.exists(), "interrupted before the write");
        });
        waits.recv().unwrap();
        prepared.commit(b"new").unwrap();
    });
}

#[test]
fn steps_may_be_inside_one_another() {
    let order = Mutex::new(Vec::new());
    let outer = Uninterrupted::begin();
    thread::scope(|scope| {
        let (about_to_wait, waits) = channel();
        let order = &order;
        scope.spawn(move || {
            about_to_wait.send(()).unwrap();
            let _quiet = wait_until_interruptible();
            order.lock().unwrap().push("interrupted");
        });
        waits.recv().unwrap();
        drop(Uninterrupted::begin());
        order.lock().unwrap().push("outer step ends");
        drop(outer);
    });
    assert_eq!(*order.lock().unwrap(), ["outer step ends", "interrupted"]);
}

#[test]
fn no_step_begins_once_the_end_has() {
    let order = Mutex::new(Vec::new());
    let quiet = wait_until_interruptible();
    thread::scope(|scope| {
        let (about_to_begin, begins) = channel();
        let order = &order;
        scope.spawn(move || {
            about_to_begin.send(()).unwrap();
            let _step = Uninterrupted::begin();
            order.lock().unwrap().push("step begins");
        });
        begins.recv().unwrap();
        order.lock().unwrap().push("quiet is over");
        drop(quiet);
    });
    assert_eq!(*order.lock().unwrap(), ["quiet is over", "step begins"]);
}
