//! Compares this crate with the AWS SDK for Rust and with botocore, on config files of 100, 10,000
//! and 400,000 profiles.
//!
//! ```text
//! cargo run --release --manifest-path crates/aws-config-parse/benches/compare/Cargo.toml -- PYTHON
//! ```
//!
//! PYTHON is a Python interpreter with botocore installed. Prints the median time of 51 runs each.
//! The largest file is parsed five times, and only once by botocore, which takes most of a minute.
//! All parsers start with the text in memory, except botocore, which reads it from the page cache.

mod file;

use std::error::Error;
use std::hint::black_box;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, fs};

use aws_config_parse::{Document, FileKind};
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_runtime::env_config::section::EnvConfigSections;
use aws_runtime::env_config::source;
use aws_types::os_shim_internal::{Env, Fs};
use futures_executor::block_on;

const BOTOCORE: &str = "
import sys, time, botocore.configloader
times = []
for _ in range(int(sys.argv[2])):
    start = time.perf_counter()
    botocore.configloader.load_config(sys.argv[1])
    times.append(time.perf_counter() - start)
print(sorted(times)[len(times) // 2])
";

fn main() -> Result<(), Box<dyn Error>> {
    let python = env::args().nth(1).ok_or("usage: compare PYTHON")?;
    for profiles in file::PROFILES {
        let text = file::file(profiles);
        println!("{profiles} profiles, {} bytes", text.len());
        report("aws-config-parse", &text, parse(&text));
        report("  with a look-up", &text, look_up(&text)?);
        report("aws-runtime", &text, parse_with_sdk(&text));
        report("botocore", &text, parse_with_botocore(&text, &python)?);
    }
    Ok(())
}

fn parse(text: &str) -> Duration {
    let bytes = || text.to_owned();
    let parse = |bytes| Document::parse(FileKind::Config, bytes);
    median(samples(text), bytes, parse)
}

/// Returns the time for reading the file from disk, parsing it and looking up a key.
fn look_up(text: &str) -> Result<Duration, Box<dyn Error>> {
    let file = written(text)?;
    let look_up = |path: &Path| {
        let bytes = fs::read(path).expect("the file was written above");
        let document = Document::parse(FileKind::Config, bytes);
        let profile = document.profile("account-000050");
        let region = profile.and_then(|profile| profile.get("region"));
        assert_eq!(
            region.expect("the profile has a region").value(),
            "eu-west-1"
        );
        document
    };
    Ok(median(samples(text), || file.path(), look_up))
}

fn parse_with_sdk(text: &str) -> Duration {
    let files = EnvConfigFiles::builder();
    let files = files.with_contents(EnvConfigFileKind::Config, text).build();
    let (environment, disk) = (Env::from_slice(&[]), Fs::from_slice(&[]));
    let load = || block_on(source::load(&environment, &disk, &files));
    let load = || load().expect("the contents need no file access");
    median(samples(text), load, EnvConfigSections::parse)
}

fn parse_with_botocore(text: &str, python: &str) -> Result<Duration, Box<dyn Error>> {
    let file = written(text)?;
    let samples = if is_large(text) { 1 } else { samples(text) };
    let mut command = Command::new(python);
    let command = command.args(["-c", BOTOCORE]).arg(file.path());
    let command = command.arg(samples.to_string());
    let output = command.output()?;
    if !output.status.success() {
        return Err(String::from_utf8(output.stderr)?.into());
    }
    let seconds = String::from_utf8(output.stdout)?.trim().parse()?;
    Ok(Duration::from_secs_f64(seconds))
}

fn samples(text: &str) -> usize {
    if is_large(text) { 5 } else { 51 }
}

fn is_large(text: &str) -> bool {
    text.len() > 10_000_000
}

fn written(text: &str) -> Result<tempfile::NamedTempFile, Box<dyn Error>> {
    let mut file = tempfile::NamedTempFile::new()?;
    file.write_all(text.as_bytes())?;
    Ok(file)
}

/// Returns the median time of `run`, without the time for its input and for dropping its output.
fn median<I, O>(samples: usize, input: impl Fn() -> I, run: impl Fn(I) -> O) -> Duration {
    let time = |_| {
        let input = input();
        let start = Instant::now();
        let output = black_box(run(input));
        let time = start.elapsed();
        drop(output);
        time
    };
    let mut times: Vec<_> = (0..samples).map(time).collect();
    times.sort();
    times[samples / 2]
}

fn report(name: &str, text: &str, time: Duration) {
    let megabytes = text.len() as f64 / 1e6;
    println!(
        "  {name:<18} {:>10.3} ms {:>8.0} MB/s",
        time.as_secs_f64() * 1e3,
        megabytes / time.as_secs_f64()
    );
}
