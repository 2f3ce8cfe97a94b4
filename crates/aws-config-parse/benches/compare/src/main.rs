//! Reads one file with this crate, with the AWS SDK for Rust and with botocore.
//!
//! ```text
//! compare PYTHON FILE...
//! ```
//!
//! PYTHON is an interpreter that has botocore. Prints the median of five times for each; botocore
//! reads from the page cache, the others from memory.

use std::error::Error;
use std::hint::black_box;
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
for _ in range(5):
    start = time.perf_counter()
    botocore.configloader.load_config(sys.argv[1])
    times.append(time.perf_counter() - start)
print(sorted(times)[2])
";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let python = arguments.next().ok_or("usage: compare PYTHON FILE...")?;
    for file in arguments {
        let text = fs::read_to_string(&file)?;
        println!("{file}, {} bytes", text.len());
        let ours = || Document::parse(FileKind::Config, &*text);
        report("aws-config-parse", text.len(), median(|| (), |()| ours()));
        let files = EnvConfigFiles::builder();
        let files = files
            .with_contents(EnvConfigFileKind::Config, &*text)
            .build();
        let (environment, disk) = (Env::from_slice(&[]), Fs::from_slice(&[]));
        let load = || block_on(source::load(&environment, &disk, &files));
        let load = || load().expect("its contents are given");
        report(
            "aws-runtime",
            text.len(),
            median(load, EnvConfigSections::parse),
        );
        let output = Command::new(&python)
            .args(["-c", BOTOCORE, &file])
            .output()?;
        let seconds: f64 = String::from_utf8(output.stdout)?.trim().parse()?;
        report("botocore", text.len(), Duration::from_secs_f64(seconds));
    }
    Ok(())
}

/// Returns the median time that `run` takes, without what comes before and after it.
fn median<I, O>(input: impl Fn() -> I, run: impl Fn(I) -> O) -> Duration {
    let time = |_| {
        let input = input();
        let start = Instant::now();
        let output = black_box(run(input));
        let time = start.elapsed();
        drop(output);
        time
    };
    let mut times = [0; 5].map(time);
    times.sort();
    times[2]
}

fn report(what: &str, bytes: usize, time: Duration) {
    let megabytes = bytes as f64 / 1e6;
    println!(
        "  {what:<18} {:>10.3} ms {:>8.0} MB/s",
        time.as_secs_f64() * 1e3,
        megabytes / time.as_secs_f64()
    );
}
