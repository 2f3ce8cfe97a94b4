//! Puts the unwinder into the program instead of loading it at every start: of the time that a
//! start from the cache costs above that of an empty program, loading `libgcc_s` is a third.

#![expect(
    clippy::disallowed_methods,
    reason = "a build script's settings are its environment, and its folder is its own"
)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// What rustc asks for, and what it gets instead: a linker script by that name.
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

/// Whether the compiler comes with the unwinder as a static library; it names the path if so.
fn has_static_unwinder() -> bool {
    let compiled = Command::new("cc")
        .arg("-print-file-name=libgcc_eh.a")
        .output();
    compiled.is_ok_and(|output| {
        let path = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        Path::new(&path).is_absolute()
    })
}
