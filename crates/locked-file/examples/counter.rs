//! Counts how often it was run, however many of it run at once: `counter FOLDER`.

#![expect(clippy::print_stdout, reason = "it is what the example is for")]

use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;

use locked_file::{FileMode, LockedFile, WriteOptions, read_private, write_atomic};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("usage: counter FOLDER")?);
    let at_most = Duration::from_secs(30);
    let lock = LockedFile::acquire(&folder.join("count.lock"), at_most, |holder| {
        if let Some(holder) = holder {
            println!("waiting for {holder}");
        }
    })?;
    let path = folder.join("count");
    // Read again under the lock: another one may have counted meanwhile.
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
