use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

use serde_json::Value;
use sso_credentials::Credentials;
use sso_credentials::endpoint::{CredentialEndpoint, RefreshFailure};
use sso_session::Clock;
use time::OffsetDateTime;

use crate::world::MINUTE;

/// Clock that only the test advances, which wakes sleeping threads.
#[derive(Clone)]
struct SteppedClock(Arc<(Mutex<Stepped>, Condvar)>);

struct Stepped {
    now: OffsetDateTime,
    sleepers: usize,
}

impl SteppedClock {
    const START: OffsetDateTime = time::macros::datetime!(2024-10-04 00:00 UTC);

    fn new() -> Self {
        let stepped = Stepped {
            now: Self::START,
            sleepers: 0,
        };
        Self(Arc::new((Mutex::new(stepped), Condvar::new())))
    }

    /// Advances the time after the endpoint's thread has begun to sleep. A thread that begins to
    /// sleep later would sleep from the new time.
    fn advance(&self, duration: Duration) {
        self.wait_for_sleeper().now += duration;
        self.0.1.notify_all();
    }

    fn wait_for_sleeper(&self) -> MutexGuard<'_, Stepped> {
        let (stepped, changed) = &*self.0;
        let is_awake = |stepped: &mut Stepped| stepped.sleepers == 0;
        let waited = changed.wait_timeout_while(stepped.lock().unwrap(), MINUTE, is_awake);
        let (stepped, timeout) = waited.unwrap();
        assert!(!timeout.timed_out(), "no thread sleeps");
        stepped
    }
}

impl Clock for SteppedClock {
    fn now(&self) -> OffsetDateTime {
        self.0.0.lock().unwrap().now
    }

    fn monotonic(&self) -> Duration {
        (self.now() - Self::START).unsigned_abs()
    }

    fn sleep(&self, duration: Duration) {
        let (stepped, changed) = &*self.0;
        let mut stepped = stepped.lock().unwrap();
        let until = stepped.now + duration;
        stepped.sleepers += 1;
        changed.notify_all();
        let mut stepped = changed
            .wait_while(stepped, |stepped| stepped.now < until)
            .unwrap();
        stepped.sleepers -= 1;
    }
}

fn credentials(name: &str, expires_at: Option<OffsetDateTime>) -> Credentials {
    Credentials {
        access_key_id: name.to_owned(),
        secret_access_key: "the key".into(),
        session_token: Some("the token".into()),
        expires_at,
        account_id: Some("111122223333".into()),
    }
}

struct TestEndpoint {
    endpoint: CredentialEndpoint,
    clock: SteppedClock,
    /// Minimum remaining lifetime of each refresh.
    refreshes: Arc<Mutex<Vec<Duration>>>,
    /// State of the files.
    state: Arc<Mutex<u8>>,
}

impl TestEndpoint {
    /// Serves `first`, then the results of `refresh`. Both get the clock's time.
    fn new(
        first: impl FnOnce(OffsetDateTime) -> Credentials,
        refresh: impl Fn(OffsetDateTime) -> Result<Credentials, &'static str> + Send + 'static,
    ) -> Self {
        Self::with_pause(first, None, refresh)
    }

    /// Does the same with failures that request a pause.
    fn with_pause(
        first: impl FnOnce(OffsetDateTime) -> Credentials,
        retry_after: Option<Duration>,
        refresh: impl Fn(OffsetDateTime) -> Result<Credentials, &'static str> + Send + 'static,
    ) -> Self {
        let (clock, refreshes) = (SteppedClock::new(), Arc::<Mutex<Vec<Duration>>>::default());
        let state = Arc::<Mutex<u8>>::default();
        let (now, recorded) = (clock.clone(), Arc::clone(&refreshes));
        let refresh = move |min_validity| {
            recorded.lock().unwrap().push(min_validity);
            refresh(now.now()).map_err(|message| RefreshFailure {
                message: message.to_owned(),
                retry_after,
            })
        };
        let watched = Arc::clone(&state);
        let read_state = move || *watched.lock().unwrap();
        let shared_clock = Arc::new(clock.clone());
        let endpoint =
            CredentialEndpoint::start(first(clock.now()), refresh, read_state, shared_clock);
        Self {
            endpoint: endpoint.unwrap(),
            clock,
            refreshes,
            state,
        }
    }

    fn hourly() -> Self {
        let hour = |name, now: OffsetDateTime| credentials(name, Some(now + 60 * MINUTE));
        Self::new(
            move |now| hour("first", now),
            move |now| Ok(hour("next", now)),
        )
    }

    fn address(&self) -> (String, String, String) {
        let [(_, uri), (_, token)] = self.endpoint.variables();
        let rest = uri.strip_prefix("http://").unwrap();
        let (host, path) = rest.split_once('/').unwrap();
        (host.to_owned(), format!("/{path}"), token)
    }

    /// Sends a valid request and returns the head and the body of the response.
    fn get(&self) -> (String, String) {
        let (host, path, token) = self.address();
        self.send(&format!(
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {token}\r\n\r\n"
        ))
    }

    fn send(&self, request: &str) -> (String, String) {
        let (host, _, _) = self.address();
        let mut stream = TcpStream::connect(host).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), body.to_owned())
    }

    fn access_key_id(&self) -> String {
        let document: Value = serde_json::from_str(&self.get().1).unwrap();
        document["AccessKeyId"].as_str().unwrap().to_owned()
    }

    fn wait_until_refreshed(&self, times: usize) {
        let has_refreshed = || self.refreshes.lock().unwrap().len() >= times;
        let started = std::time::Instant::now();
        while !has_refreshed() {
            assert!(started.elapsed() < MINUTE, "no refresh");
            std::thread::yield_now();
        }
    }
}

#[test]
fn response_has_the_fields_that_the_sdks_read_and_is_not_stored() {
    let endpoint = TestEndpoint::hourly();
    let (head, body) = endpoint.get();
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert!(head.contains("\r\nCache-Control: no-store\r\n"), "{head}");
    assert!(
        head.contains("\r\nContent-Type: application/json\r\n"),
        "{head}"
    );
    let expected = serde_json::json!({
        "AccessKeyId": "first",
        "SecretAccessKey": "the key",
        "Token": "the token",
        "Expiration": "2024-10-04T01:00:00Z",
        "AccountId": "111122223333",
    });
    assert_eq!(serde_json::from_str::<Value>(&body).unwrap(), expected);
}

#[test]
fn only_get_with_the_right_host_path_and_token_succeeds() {
    let endpoint = TestEndpoint::hourly();
    let (host, path, token) = endpoint.address();
    assert!(token.len() >= 32 && path.len() > 32, "{path} {token}");
    assert!(host.starts_with("127.0.0.1:"), "{host}");
    let check = |method: &str, path: &str, headers: &[(&str, &str)], status: &str| {
        let headers = headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"));
        let headers: String = headers.collect();
        let (head, body) = endpoint.send(&format!("{method} {path} HTTP/1.1\r\n{headers}\r\n"));
        let first = head.lines().next().unwrap();
        assert_eq!(
            first,
            format!("HTTP/1.1 {status}"),
            "{method} {path} {headers}"
        );
        assert_eq!(body.is_empty(), status != "200 OK", "{body}");
    };
    let right = [("Host", host.as_str()), ("Authorization", token.as_str())];
    check("GET", &path, &right, "200 OK");
    check(
        "GET",
        &path,
        &[("hOST", &host), ("authorization", &token)],
        "200 OK",
    );
    let forbidden = "403 Forbidden";
    check("GET", &path, &[("Host", &host)], forbidden);
    check("GET", &path, &[("Authorization", &token)], forbidden);
    check("GET", "/", &right, forbidden);
    check("GET", &format!("{path}?x"), &right, forbidden);
    check("GET", &format!("http://{host}{path}"), &right, forbidden);
    for wrong in [
        "",
        "Bearer",
        &token[1..],
        &format!("{token}x"),
        &token.to_uppercase(),
    ] {
        check(
            "GET",
            &path,
            &[("Host", &host), ("Authorization", wrong)],
            forbidden,
        );
    }
    for wrong in [
        "localhost",
        "127.0.0.1",
        "evil.example.com",
        &host.replace("127.0.0.1", "localhost"),
    ] {
        check(
            "GET",
            &path,
            &[("Host", wrong), ("Authorization", &token)],
            forbidden,
        );
    }
    check("GET", &path, &[right[0], right[1], right[1]], forbidden);
    check("GET", &path, &[right[0], right[0], right[1]], forbidden);
    for method in ["POST", "PUT", "HEAD", "DELETE", "OPTIONS"] {
        check(method, &path, &right, "405 Method Not Allowed");
        check(method, "/", &right, forbidden);
    }
    check("NO/METHOD", "no path at all", &[], "400 Bad Request");
}

#[test]
fn two_endpoints_share_no_secrets() {
    let [one, other] =
        [TestEndpoint::hourly(), TestEndpoint::hourly()].map(|endpoint| endpoint.address());
    assert_ne!(one.0, other.0);
    assert_ne!(one.1, other.1);
    assert_ne!(one.2, other.2);
}

#[test]
fn credentials_are_refreshed_in_the_background_20_minutes_before_expiry() {
    let endpoint = TestEndpoint::hourly();
    endpoint.clock.advance(39 * MINUTE);
    assert_eq!(endpoint.access_key_id(), "first");
    endpoint.clock.advance(MINUTE);
    endpoint.wait_until_refreshed(1);
    while endpoint.access_key_id() != "next" {}
    let requested = endpoint.refreshes.lock().unwrap().clone();
    assert_eq!(requested, [20 * MINUTE + Duration::from_secs(1)]);
}

#[test]
fn short_lived_credentials_are_refreshed_after_half_their_lifetime() {
    let short = |name, now: OffsetDateTime| credentials(name, Some(now + 10 * MINUTE));
    let endpoint = TestEndpoint::new(
        move |now| short("first", now),
        move |now| Ok(short("next", now)),
    );
    endpoint.clock.advance(5 * MINUTE);
    endpoint.wait_until_refreshed(1);
    let requested = endpoint.refreshes.lock().unwrap().clone();
    assert_eq!(requested, [5 * MINUTE + Duration::from_secs(1)]);
}

#[test]
fn expired_credentials_are_never_served() {
    let endpoint = TestEndpoint::hourly();
    // For example on a machine that was suspended.
    endpoint.clock.advance(300 * MINUTE);
    assert_eq!(endpoint.access_key_id(), "next");
}

#[test]
fn old_credentials_are_served_until_expiry_after_a_failed_refresh() {
    let hour = |now: OffsetDateTime| credentials("first", Some(now + 60 * MINUTE));
    let endpoint = TestEndpoint::new(hour, |_| Err("the session has ended"));
    endpoint.clock.advance(50 * MINUTE);
    endpoint.wait_until_refreshed(1);
    assert_eq!(endpoint.access_key_id(), "first");
    endpoint.clock.advance(10 * MINUTE);
    let (head, body) = endpoint.get();
    assert!(head.starts_with("HTTP/1.1 503 "), "{head}");
    let document: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(document["message"], "the session has ended");
    let recorded = endpoint.refreshes.lock().unwrap().len();
    assert!(
        recorded <= 3,
        "{recorded} refreshes while the clock stands still"
    );
}

#[test]
fn the_pause_that_the_service_requests_delays_the_next_refresh() {
    let check = |retry_after: Option<Duration>, expected: Duration| {
        let day = |now: OffsetDateTime| credentials("first", Some(now + 1440 * MINUTE));
        let endpoint = TestEndpoint::with_pause(day, retry_after, |_| Err("slow down"));
        endpoint.clock.advance(1421 * MINUTE);
        endpoint.wait_until_refreshed(1);
        // The thread sleeps for at most 30 seconds at a time.
        let step = Duration::from_secs(30);
        let mut waited = Duration::ZERO;
        while waited + step < expected {
            endpoint.clock.advance(step);
            waited += step;
        }
        let second = Duration::from_secs(1);
        let rest = expected.saturating_sub(waited + second);
        endpoint.clock.advance(rest);
        drop(endpoint.clock.wait_for_sleeper());
        assert_eq!(
            endpoint.refreshes.lock().unwrap().len(),
            1,
            "{retry_after:?}"
        );
        endpoint.clock.advance(second);
        endpoint.wait_until_refreshed(2);
    };
    let second = Duration::from_secs(1);
    check(None, 30 * second);
    check(Some(29 * second), 30 * second);
    check(Some(31 * second), 31 * second);
    check(Some(10 * MINUTE), 10 * MINUTE);
    check(Some(60 * MINUTE), 60 * MINUTE);
    check(Some(Duration::MAX), 60 * MINUTE);
}

#[test]
fn a_changed_state_after_a_failed_refresh_is_seen_at_the_next_request() {
    let hour = |name, now: OffsetDateTime| credentials(name, Some(now + 60 * MINUTE));
    let is_repaired = Arc::new(Mutex::new(false));
    let repaired = Arc::clone(&is_repaired);
    let endpoint = TestEndpoint::new(
        move |now| hour("first", now),
        move |now| {
            let is_repaired = *repaired.lock().unwrap();
            is_repaired
                .then(|| hour("next", now))
                .ok_or("not signed in")
        },
    );
    endpoint.clock.advance(60 * MINUTE);
    endpoint.wait_until_refreshed(1);
    let refreshes = || endpoint.refreshes.lock().unwrap().len();
    let is_error = || endpoint.get().0.starts_with("HTTP/1.1 503 ");
    assert!(is_error() && is_error());
    assert_eq!(refreshes(), 1, "nothing has changed");
    *endpoint.state.lock().unwrap() = 1;
    assert!(is_error() && is_error());
    assert_eq!(refreshes(), 2, "one refresh for each change");
    *is_repaired.lock().unwrap() = true;
    *endpoint.state.lock().unwrap() = 2;
    assert_eq!(endpoint.access_key_id(), "next");
    *endpoint.state.lock().unwrap() = 3;
    assert_eq!(endpoint.access_key_id(), "next");
    assert_eq!(refreshes(), 3, "the state matters only after a failure");
}

#[test]
fn static_keys_are_served_with_an_expiry_in_one_hour() {
    let endpoint = TestEndpoint::new(
        |_| Credentials {
            session_token: None,
            account_id: None,
            ..credentials("static", None)
        },
        |_| Err("unexpected refresh"),
    );
    let document: Value = serde_json::from_str(&endpoint.get().1).unwrap();
    assert_eq!(document["Expiration"], "2024-10-04T01:00:00Z");
    assert_eq!(document["Token"], "");
    assert_eq!(document.get("AccountId"), None);
    endpoint.clock.advance(300 * MINUTE);
    assert_eq!(endpoint.access_key_id(), "static");
    assert!(endpoint.refreshes.lock().unwrap().is_empty());
}

#[test]
fn dropping_the_endpoint_closes_its_port() {
    let endpoint = TestEndpoint::hourly();
    let (host, _, _) = endpoint.address();
    drop(endpoint);
    let started = std::time::Instant::now();
    while TcpStream::connect(&host).is_ok() {
        assert!(started.elapsed() < MINUTE, "the port stays open");
    }
}
