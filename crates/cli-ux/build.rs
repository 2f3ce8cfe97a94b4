//! Links the unwinder statically into each program that uses this crate: Cargo passes the search path on to
//! them. Loading `libgcc_s` would take a third of their startup time, not counting that of an empty program.

#![expect(
    clippy::disallowed_methods,
    reason = "a build script is configured by its environment and writes to its own OUT_DIR"
)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// Name of the library that rustc links, and the linker script that is found instead of it.
const LIBRARY: &str = "libgcc_s.so";
const SCRIPT: &str = "INPUT(-lgcc_eh -lgcc)\n";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |name, value| env::var(name).is_ok_and(|found| found == value);
    let is_gnu_linux = is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu");
    let is_native = env::var("HOST") == env::var("TARGET");
    if is_gnu_linux && is_native && has_static_unwinder() {
        let directory = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
        fs::write(directory.join(LIBRARY), SCRIPT).expect("OUT_DIR is writable");
        println!("cargo::rustc-link-search=native={}", directory.display());
    }
}

/// Returns whether the C compiler has the unwinder as a static library: it prints an absolute path
/// only for existing files.
fn has_static_unwinder() -> bool {
    let compiled = Command::new("cc")
        .arg("-print-file-name=libgcc_eh.a")
        .output();
    compiled.is_ok_and(|output| {
        let path = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        Path::new(&path).is_absolute()
    })
}
