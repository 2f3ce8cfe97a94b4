//! Sections of the page, with their benchmarks.

use anyhow::Result;

use super::benchmarks;
use super::build::Built;
use super::measure::{Benchmark, costs};
use super::page::Section;
use super::service::Service;

/// Runs all benchmarks for `rounds` rounds.
pub(super) fn measured(built: &Built, rounds: usize) -> Result<Vec<Section>> {
    let over_tls = benchmarks::cold(built, Service::over_tls());
    let all = [
        (
            Some("Credentials from the cache"),
            WARM,
            benchmarks::warm(built),
        ),
        (None, WARM_AND_LARGE, benchmarks::warm_and_large(built)),
        (
            Some("Credentials from the service"),
            COLD,
            benchmarks::cold(built, Service::plain()),
        ),
        (None, OVER_TLS, over_tls),
        (
            Some("Concurrent processes"),
            CONCURRENT,
            benchmarks::concurrent(built),
        ),
        (Some("Status"), STATUS, benchmarks::status(built)),
        (Some("Signing in"), LOGIN, benchmarks::login(built)),
        (Some("Signing out"), LOGOUT, benchmarks::logout(built)),
        (
            Some("Editing the config file"),
            EDIT,
            benchmarks::edit(built, 100),
        ),
        (None, LARGE_EDIT, benchmarks::edit(built, 10_000)),
    ];
    let measured = |(title, text, benchmarks): (_, _, Vec<Benchmark>)| {
        let costs = costs(&benchmarks, rounds)?;
        Ok(Section { title, text, costs })
    };
    all.into_iter().map(measured).collect()
}

const WARM: &str = "\
Valid role credentials are in `~/.aws/cli/cache`: by far the most frequent case. No request, no lock,
no write. The config file has three profiles unless stated otherwise.";

const WARM_AND_LARGE: &str = "\
With ten thousand profiles, 1.3 MB, which must be read completely:";

const COLD: &str = "\
The token is valid and the role credentials are missing: one GetRoleCredentials request, to an
emulator on the loopback interface, and one file written. curl sends the same request and prints the
response. Wall time includes the emulator's share. Over plain HTTP:";

const OVER_TLS: &str = "\
Over TLS, with a certificate authority from a file:";

const CONCURRENT: &str = "\
64 processes, started by a shell that waits for all of them. With an expired token, one process
refreshes it, one requests the role credentials, and 63 wait for the file. CPU is the total of all
processes.";

const STATUS: &str = "\
A valid token, and a config file with a hundred profiles: no request, no lock, no write. The limit
for a shell prompt is 2 ms of CPU.";

const LOGIN: &str = "\
A client is registered, the browser (curl) opens a page that approves immediately, and the code is
exchanged for a token: three requests, two programs, two files written. Debian's AWS CLI cannot use
an emulator for this or for signing out.";

const LOGOUT: &str = "\
The session is ended at the access portal, and the token file is removed.";

const EDIT: &str = "\
The Region of a session is changed: the file is read, the edit shown as a diff, the old text saved
for undo, and the new file written, synced and renamed. A copy by dd with one sync is the minimum
cost of the disk. The config file has a hundred profiles:";

const LARGE_EDIT: &str = "\
With ten thousand profiles, 1.3 MB:";
