use std::fs::{self, File};
use std::io::Write;
use std::net::{Shutdown, SocketAddr};
use std::path::PathBuf;
use std::sync::mpsc;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::{Request, Response};
use sso_transport::{HttpSettings, HttpTransport, Transport, TransportError};

use super::tls::CertificateAuthority;
use super::{server, tls};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

fn get(url: &str) -> Request<Vec<u8>> {
    Request::get(url)
        .header("x-amz-sso_bearer_token", "hunter2")
        .body(Vec::new())
        .unwrap()
}

fn post(url: &str) -> Request<Vec<u8>> {
    Request::post(url)
        .body(br#"{"code":"hunter2"}"#.to_vec())
        .unwrap()
}

fn impatient() -> HttpTransport {
    HttpTransport::new(HttpSettings {
        read_timeout: Duration::from_millis(100),
        ..HttpSettings::default()
    })
}

fn patient() -> HttpTransport {
    HttpTransport::new(HttpSettings::default())
}

fn trusting(ca_bundle: impl Into<PathBuf>) -> HttpTransport {
    HttpTransport::new(HttpSettings {
        ca_bundle: Some(ca_bundle.into()),
        ..HttpSettings::default()
    })
}

/// Sends requests of every kind to `address` and expects the same of all.
fn check_all(address: SocketAddr, expected: impl Fn(&TransportError) -> bool) -> TransportError {
    let url = format!("http://{address}/token");
    let errors = [
        get(&url),
        Request::post(&url).body(Vec::new()).unwrap(),
        post(&url),
    ]
    .map(|request| impatient().send(request).unwrap_err());
    for error in &errors {
        assert!(expected(error), "{error:?}");
    }
    let [.., of_post] = errors;
    of_post
}

#[test]
fn a_request_arrives_as_it_was_made_and_the_answer_comes_back_whole() {
    let (sender, requests) = mpsc::channel();
    let address = server::start(move |mut stream| {
        sender.send(server::read_request(&mut stream)).unwrap();
        stream
            .write_all(b"HTTP/1.1 418 Teapot\r\nx-a: b\r\nContent-Length: 5\r\n\r\nshort")
            .unwrap();
    });
    let transport = HttpTransport::new(HttpSettings {
        user_agent: "tool/1.0 \r\nx-evil: 1 ü".to_owned(),
        ..HttpSettings::default()
    });
    let response = transport
        .send(post(&format!("http://{address}/token?a=%20b")))
        .unwrap();
    assert_eq!(response.status(), 418);
    assert_eq!(response.headers()["x-a"], "b");
    assert_eq!(response.body(), b"short");

    let request = requests.recv().unwrap().to_ascii_lowercase();
    assert!(
        request.starts_with("post /token?a=%20b http/1.1\r\n"),
        "{request}"
    );
    assert!(
        request.contains("\r\nuser-agent: tool/1.0 x-evil: 1 \r\n"),
        "{request}"
    );
    assert!(request.contains("\r\ncontent-length: 18\r\n"), "{request}");
    assert!(!request.contains("encoding"), "{request}");
    assert!(
        request.ends_with("\r\n\r\n{\"code\":\"hunter2\"}"),
        "{request}"
    );
}

#[test]
fn a_connection_serves_the_next_request_too() {
    let (sender, connections) = mpsc::channel();
    let address = server::start(move |mut stream| {
        sender.send(()).unwrap();
        for _ in 0..2 {
            server::read_request(&mut stream);
            stream.write_all(OK.as_bytes()).unwrap();
        }
    });
    let transport = patient();
    for _ in 0..2 {
        transport.send(get(&format!("http://{address}/"))).unwrap();
    }
    assert_eq!(connections.try_iter().count(), 1);
}

#[test]
fn a_cut_connection_is_no_answer_and_may_have_been_one() {
    let cuts = [
        "",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"access",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"acc",
    ];
    for cut in cuts {
        let error = check_all(server::answering(cut), |error| {
            matches!(error, TransportError::Cut { .. })
        });
        assert!(error.is_transient() && !error.was_not_sent(), "{cut:?}");
    }
}

#[test]
fn a_server_that_says_nothing_is_left_after_a_while() {
    for start in ["", "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{"] {
        let open_streams = Mutex::new(Vec::new());
        let address = server::start(move |mut stream| {
            server::read_request(&mut stream);
            stream.write_all(start.as_bytes()).unwrap();
            open_streams.lock().unwrap().push(stream);
        });
        let error = check_all(address, |error| {
            matches!(error, TransportError::ReadTimeout { .. })
        });
        assert!(error.is_transient() && !error.was_not_sent());
    }
}

#[test]
fn an_answer_of_three_megabytes_is_refused() {
    let body = "x".repeat(3 << 20);
    let length = body.len();
    for head in [
        format!("Content-Length: {length}\r\n\r\n{body}\r\n"),
        format!("Transfer-Encoding: chunked\r\n\r\n{length:x}\r\n{body}\r\n0\r\n\r\n"),
        format!("Connection: close\r\n\r\n{body}"),
    ] {
        let address = server::answering(format!("HTTP/1.1 200 OK\r\n{head}"));
        let error = patient()
            .send(get(&format!("http://{address}/")))
            .unwrap_err();
        assert!(
            matches!(
                error,
                TransportError::TooLarge {
                    limit: 1_048_576,
                    ..
                }
            ),
            "{error:?}"
        );
        assert!(!error.is_transient());
    }
}

#[test]
fn an_answer_of_one_megabyte_is_taken_and_not_a_byte_more() {
    let answer_of = |length: usize| {
        let body = "x".repeat(length);
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
        let address = server::answering(head + &body);
        patient().send(get(&format!("http://{address}/")))
    };
    assert_eq!(answer_of(1 << 20).unwrap().body().len(), 1 << 20);
    let error = answer_of((1 << 20) + 1).unwrap_err();
    assert!(
        matches!(error, TransportError::TooLarge { .. }),
        "{error:?}"
    );
}

#[test]
fn a_redirect_is_told_and_not_followed() {
    let (sender, followed) = mpsc::channel();
    let target = server::start(move |_| sender.send(()).unwrap());
    for status in [301, 302, 303, 307, 308] {
        let location = format!("http://{target}/login?secret=hunter2");
        let address = server::answering(format!(
            "HTTP/1.1 {status} Elsewhere\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
        ));
        let error = check_all(address, |error| {
            error.to_string() == format!("{address} redirects to 127.0.0.1, which is not followed")
        });
        assert_eq!(error.redirect_target(), Some(location.as_str()));
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        assert!(!error.is_transient() && !error.was_not_sent());
    }
    assert_eq!(followed.try_iter().count(), 0);
}

#[test]
fn a_redirect_within_the_host_or_to_nowhere_is_told_too() {
    for (header, target) in [("Location: /login\r\n", "127.0.0.1"), ("", "nowhere")] {
        let address = server::answering(format!(
            "HTTP/1.1 302 Found\r\n{header}Content-Length: 0\r\n\r\n"
        ));
        let error = check_all(address, |error| {
            matches!(error, TransportError::Redirect { .. })
        });
        assert!(error.to_string().contains(target), "{error}");
    }
}

#[test]
fn where_nobody_listens_the_request_was_not_sent() {
    let address = server::closed_address();
    let error = check_all(address, |error| {
        error.to_string() == format!("{address} refuses connections")
    });
    assert!(error.was_not_sent() && error.is_transient());
}

#[test]
fn a_name_without_an_address_is_told_from_a_host_that_is_down() {
    // A label that no resolver asks anybody about: RFC 1035 §2.3.4 allows 63.
    let host = format!("{}.invalid", "x".repeat(64));
    let error = patient()
        .send(post(&format!("https://{host}/")))
        .unwrap_err();
    assert!(matches!(error, TransportError::Dns { .. }), "{error:?}");
    assert!(error.was_not_sent() && error.is_transient());
    assert_eq!(
        error.to_string(),
        format!("cannot find the address of {host}")
    );
}

#[test]
fn what_is_no_http_is_told() {
    let error = check_all(server::answering("SSH-2.0-OpenSSH_9.9\r\n\r\n"), |error| {
        matches!(error, TransportError::NotHttp { .. })
    });
    assert!(!error.is_transient() && !error.was_not_sent());
}

#[test]
fn a_secret_goes_over_plain_http_to_loopback_alone() {
    let port = server::answering(OK).port();
    for host in ["127.0.0.1", "localhost", "LOCALHOST"] {
        patient()
            .send(get(&format!("http://{host}:{port}/")))
            .unwrap();
    }
    for host in [
        "192.0.2.1",
        "example.com",
        "127.0.0.1.example.com",
        "localhost.",
        "[::2]",
        "0.0.0.0",
    ] {
        let error = patient()
            .send(get(&format!("http://{host}:{port}/")))
            .unwrap_err();
        assert!(
            matches!(error, TransportError::PlainHttp { .. }),
            "{error:?}"
        );
        assert!(error.was_not_sent() && error.is_misconfiguration());
    }
}

#[test]
fn an_address_that_is_none_is_refused_and_not_repeated() {
    for url in [
        "/path",
        "ftp://example.com/",
        "https://hunter2@example.com/",
        "https://u:hunter2@example.com/",
        "https://example.com:99999/",
    ] {
        let error = patient().send(get(url)).unwrap_err();
        assert!(matches!(error, TransportError::BadUrl { .. }), "{error:?}");
        assert!(
            !format!("{error:?} {error}").contains("hunter2"),
            "{error:?}"
        );
    }
}

#[test]
fn a_server_with_a_certificate_of_the_bundle_is_trusted() {
    let directory = tempfile::tempdir().unwrap();
    let authority = CertificateAuthority::new();
    let port = tls::answering(authority.server("localhost"), OK);
    let bundle = directory.path().join("bundle.pem");
    let pem = format!(
        "# a comment\n{}{}{}",
        CertificateAuthority::new().pem(),
        authority.key_pem(),
        authority.pem()
    );
    File::create(&bundle)
        .unwrap()
        .write_all(pem.as_bytes())
        .unwrap();

    let response = trusting(&bundle)
        .send(post(&format!("https://localhost:{port}/")))
        .unwrap();
    assert_eq!(response.body(), b"{}");
}

#[test]
fn any_other_server_gets_no_request() {
    let directory = tempfile::tempdir().unwrap();
    let authority = CertificateAuthority::new();
    let bundle = directory.path().join("bundle.pem");
    File::create(&bundle)
        .unwrap()
        .write_all(authority.pem().as_bytes())
        .unwrap();
    let stranger = tls::answering(CertificateAuthority::new().server("localhost"), OK);
    let misnamed = tls::answering(authority.server("example.com"), OK);
    for port in [stranger, misnamed] {
        for request in [
            get(&format!("https://localhost:{port}/")),
            post(&format!("https://localhost:{port}/")),
        ] {
            let error = trusting(&bundle).send(request).unwrap_err();
            assert!(matches!(error, TransportError::Tls { .. }), "{error:?}");
            assert!(error.was_not_sent() && !error.is_transient());
            assert_eq!(
                error.to_string(),
                format!(
                    "no trusted TLS connection to localhost:{port} (trusting {} alone)",
                    bundle.display()
                )
            );
        }
    }
    let of_the_platform = patient()
        .send(get(&format!("https://localhost:{stranger}/")))
        .unwrap_err();
    assert!(matches!(
        of_the_platform,
        TransportError::Tls {
            ca_bundle: None,
            ..
        }
    ));
}

#[test]
fn a_connection_that_is_cut_before_tls_stands_has_sent_nothing() {
    let address = server::start(|stream| {
        // Wait for the client's hello: to hang up on unread bytes would be another error.
        let mut hello = [0; 1 << 14];
        let _ = std::io::Read::read(&mut &stream, &mut hello);
        let _ = stream.shutdown(Shutdown::Both);
    });
    let error = patient()
        .send(post(&format!("https://localhost:{}/", address.port())))
        .unwrap_err();
    assert!(matches!(error, TransportError::Connect { .. }), "{error:?}");
    assert!(error.was_not_sent() && error.is_transient());
}

#[test]
fn a_bundle_that_is_none_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("missing.pem");
    let garbage = directory.path().join("garbage.pem");
    File::create(&garbage)
        .unwrap()
        .write_all(b"certainly no certificate")
        .unwrap();
    let broken = directory.path().join("broken.pem");
    let pem = "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n";
    File::create(&broken)
        .unwrap()
        .write_all(pem.as_bytes())
        .unwrap();
    for path in [missing, garbage, broken] {
        let error = trusting(&path)
            .send(get("https://localhost:1/"))
            .unwrap_err();
        assert!(
            matches!(error, TransportError::CaBundle { .. }),
            "{error:?}"
        );
        assert!(
            error.to_string().ends_with(&path.display().to_string()),
            "{error}"
        );
        assert!(error.was_not_sent() && error.is_misconfiguration());
    }
}

#[test]
fn nothing_is_read_before_the_first_request() {
    let directory = tempfile::tempdir().unwrap();
    let bundle = directory.path().join("bundle.pem");
    let transport = trusting(&bundle);
    let pem = CertificateAuthority::new().pem();
    File::create(&bundle)
        .unwrap()
        .write_all(pem.as_bytes())
        .unwrap();
    let port = server::answering(OK).port();
    transport
        .send(get(&format!("http://localhost:{port}/")))
        .unwrap();
    fs::remove_file(&bundle).unwrap();
    transport
        .send(get(&format!("http://localhost:{port}/")))
        .unwrap();
}

#[test]
fn a_transport_can_be_shared_and_boxed() {
    let port = server::answering(OK).port();
    let transport = std::sync::Arc::new(patient());
    let boxed: Box<dyn Transport> = Box::new(std::sync::Arc::clone(&transport));
    let send = |transport: &dyn Transport| -> Response<Vec<u8>> {
        transport
            .send(get(&format!("http://localhost:{port}/")))
            .unwrap()
    };
    assert_eq!(send(&boxed).status(), 200);
    assert_eq!(send(&transport).status(), 200);
    assert_eq!(send(&std::rc::Rc::new(&*transport)).status(), 200);
}

/// What is logged under this crate's name.
struct Log(Mutex<Vec<String>>);

static LOG: Log = Log(Mutex::new(Vec::new()));

impl log::Log for Log {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        if record.target().starts_with("sso_transport") {
            let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            lines.push(format!("{} {}", record.level(), record.args()));
        }
    }

    fn flush(&self) {}
}

#[test]
fn a_request_and_its_answer_are_a_line_each_without_secrets() {
    log::set_logger(&LOG).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let address = server::answering(
        "HTTP/1.1 200 OK\r\nx-amzn-RequestId: 42\u{202e}\r\nContent-Length: 13\r\n\r\n{\"hunter2\":1}",
    );
    let url = format!("http://{address}/federation/credentials?role_name=Admin");
    patient().send(get(&url)).unwrap();
    patient().send(post(&url)).unwrap();

    let lines = LOG.0.lock().unwrap().clone();
    let of_this_test: Vec<_> = lines
        .iter()
        .filter(|line| line.contains(&address.to_string()))
        .collect();
    assert_eq!(*of_this_test[0], format!("DEBUG GET {url}"));
    let response = of_this_test[1];
    assert!(
        response.starts_with(&format!("DEBUG {address} answers 200 after ")),
        "{response}"
    );
    assert!(
        response.ends_with(": 13 bytes, request id 42"),
        "{response}"
    );
    assert_eq!(*of_this_test[2], format!("DEBUG POST {url}"));
    assert!(
        lines.iter().all(|line| !line.contains("hunter2")),
        "{lines:?}"
    );
}
