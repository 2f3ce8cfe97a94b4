//! Sections of the page, with their benchmarks.

use anyhow::Result;

use super::benchmarks;
use super::build::Built;
use super::measure::{Benchmark, costs};
use super::page::Section;
use super::service::Service;

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
        (
            Some("Use of a profile"),
            PROFILE,
            benchmarks::profile(built),
        ),
        (Some("Sign-in"), LOGIN, benchmarks::login(built)),
        (Some("Sign-out"), LOGOUT, benchmarks::logout(built)),
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
Valid role credentials are in `~/.aws/cli/cache`. This is by far the most frequent case: no request,
no lock, no write. The config file has three profiles unless stated otherwise.";

const WARM_AND_LARGE: &str = "\
With 10,000 profiles, 1.3 MB, all of which has to be read:";

const COLD: &str = "\
The token is valid and no role credentials are cached: one GetRoleCredentials request, here to an
emulator on the loopback interface, and one file written. curl sends the same request and prints the
response. Wall time includes the time of the emulator. Over plain HTTP:";

const OVER_TLS: &str = "\
Over TLS, with a certificate authority from a file:";

const CONCURRENT: &str = "\
64 processes, started by a shell that waits for all of them. If the token has expired, one process
refreshes it, one requests the role credentials, and the other 63 wait for the file. For a comparison
with curl, see the tables above. CPU is the total of all processes.";

const STATUS: &str = "\
The token is valid, and the config file has 100 profiles: no request, no lock, no write. The target
for a shell prompt is 2 ms of CPU.";

const PROFILE: &str = "\
`sso-use` prints the statements that switch to a profile, and `sso-console` the shortcut link of its
role. Both record the use in the usage history. The token is valid, and the config file has 100
profiles: no request. The target for a switch is 1.50 times the CPU of the first row.";

const LOGIN: &str = "\
`sso-login` registers a client, starts a browser (here curl) whose page approves at once, and
exchanges the code for a token: three requests, two processes, two files written. The AWS CLI of
Debian is missing here and in the next table, because it cannot use an emulator for them.";

const LOGOUT: &str = "\
One Logout request is sent, and the token file is removed.";

const EDIT: &str = "\
`sso-configure` changes the Region of a session: it reads the file, shows the edit as a diff, and
saves the previous state for `undo`. Then it writes and syncs the new file, and renames it over the
old one. A copy by dd with one sync is the minimum cost of such a write. The config file has 100
profiles:";

const LARGE_EDIT: &str = "\
With 10,000 profiles, 1.3 MB:";
