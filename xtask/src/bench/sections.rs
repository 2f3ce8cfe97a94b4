//! What is measured, against what, and why.

use anyhow::Result;

use super::build::Built;
use super::contestants;
use super::measure::{Contestant, costs};
use super::page::Section;
use super::service::Service;

/// Measures everything in so many rounds.
///
/// # Errors
///
/// Where a program fails that is measured.
pub(super) fn measured(built: &Built, rounds: usize) -> Result<Vec<Section>> {
    let over_tls = contestants::cold(built, Service::over_tls());
    let all = [
        (
            Some("Credentials from the cache"),
            WARM,
            contestants::warm(built),
        ),
        (None, WARM_AND_LARGE, contestants::warm_and_large(built)),
        (
            Some("Credentials from the service"),
            COLD,
            contestants::cold(built, Service::plain()),
        ),
        (None, OVER_TLS, over_tls),
        (Some("Many at once"), CROWD, contestants::crowd(built)),
        (Some("Where one stands"), STATUS, contestants::status(built)),
        (Some("Signing in"), LOGIN, contestants::login(built)),
        (Some("Signing out"), LOGOUT, contestants::logout(built)),
        (Some("One edit"), EDIT, contestants::edit(built, 100)),
        (None, LARGE_EDIT, contestants::edit(built, 10_000)),
    ];
    let measured = |(title, text, contestants): (_, _, Vec<Contestant>)| {
        let costs = costs(&contestants, rounds)?;
        Ok(Section { title, text, costs })
    };
    all.into_iter().map(measured).collect()
}

const WARM: &str = "\
Role credentials with time left are in `~/.aws/cli/cache`: the case that happens nearly always.
No request, no lock, no write. The config has three profiles where nothing else is said.";

const WARM_AND_LARGE: &str = "\
With ten thousand profiles, 1.3 MB, all of which has to be read:";

const COLD: &str = "\
The token is good and the role credentials are not there: one GetRoleCredentials request, here
to an emulator on the loopback interface, and one file written. curl makes the same request and
prints the answer. Wall time has the emulator's own share in it. Over plain HTTP:";

const OVER_TLS: &str = "\
Over TLS, with a certificate authority from a file:";

const CROWD: &str = "\
64 processes, started by a shell that waits for all of them. With an expired token one of them renews
it, one asks for the role credentials, and 63 wait for the file; curl alone takes what the tables
above say. CPU is that of all processes.";

const STATUS: &str = "\
A token with time left, and a config with a hundred profiles: no request, no lock, no write. A
prompt can afford 2 ms of CPU.";

const LOGIN: &str = "\
A client is registered, the browser, here curl, opens a page that approves at once, and a code is
exchanged for a token: three requests, two programs, two files written. The AWS CLI of Debian cannot
be sent to an emulator for this and for the next.";

const LOGOUT: &str = "\
The server is told, and the token's file goes.";

const EDIT: &str = "\
The Region of a session is changed: the file is read, the edit shown as a diff, what was before kept
to take it back, and the new file written, synced and put in place of the old. A copy by dd with one
sync is the least that a disk asks for. The config has a hundred profiles:";

const LARGE_EDIT: &str = "\
And ten thousand profiles, 1.3 MB:";
