//! Counts its runs, even if several processes run at the same time: `counter DIRECTORY`.

#![expect(clippy::print_stdout, reason = "the example prints its result")]

use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;

use locked_file::{FileMode, LockedFile, WriteOptions, read_private, write_atomic};

fn main() -> Result<(), Box<dyn Error>> {
    let dir = PathBuf::from(
        std::env::args_os()
            .nth(1)
            .ok_or("usage: counter DIRECTORY")?,
    );
    let timeout = Duration::from_secs(30);
    let lock = LockedFile::acquire(&dir.join("count.lock"), timeout, |holder| {
        if let Some(holder) = holder {
            println!("waiting for {holder}");
        }
    })?;
    let path = dir.join("count");
    // Read after acquiring the lock, since another process may have changed the file before.
    let count: u64 = match read_private(&path)? {
        Some(file) => std::str::from_utf8(&file.bytes)?.trim().parse()?,
        None => 0,
    };
    let text = format!("{}\n", count + 1);
    write_atomic(
        &path,
        text.as_bytes(),
        &WriteOptions::new(FileMode::Private),
    )?;
    drop(lock);
    println!("{}", count + 1);
    Ok(())
}
