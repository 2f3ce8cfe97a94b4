use std::fs::{self, File};
use std::io::Write;
use std::net::{Shutdown, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::{Request, Response};
use sso_transport::{
    Endpoint, HttpSettings, HttpTransport, RequestKind, RetryPolicy, ServiceError, Transport,
    TransportError, read_json,
};

use super::tls::CertificateAuthority;
use super::{server, tls};

/// Response of a server that closes each connection. Without the header, the client could send its next
/// request before it notices the end of the connection.
const OK: &str = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}";

const OK_ON_A_PERSISTENT_CONNECTION: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

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

fn with_short_timeout() -> HttpTransport {
    HttpTransport::new(HttpSettings {
        read_timeout: Duration::from_millis(100),
        ..HttpSettings::default()
    })
}

fn with_defaults() -> HttpTransport {
    HttpTransport::new(HttpSettings::default())
}

fn put(path: &Path, text: &str) {
    let mut file = File::create(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

fn trusting(ca_bundle: impl Into<PathBuf>) -> HttpTransport {
    HttpTransport::new(HttpSettings {
        ca_bundle: Some(ca_bundle.into().into()),
        ..HttpSettings::default()
    })
}

/// Sends requests with and without a body to `address`, and checks the error of each.
fn check_all(address: SocketAddr, expected: impl Fn(&TransportError) -> bool) -> TransportError {
    let url = format!("http://{address}/token");
    let errors = [
        get(&url),
        Request::post(&url).body(Vec::new()).unwrap(),
        post(&url),
    ]
    .map(|request| with_short_timeout().send(request).unwrap_err());
    for error in &errors {
        assert!(expected(error), "{error:?}");
    }
    let [.., post_error] = errors;
    post_error
}

#[test]
fn request_and_response_are_transmitted_unchanged() {
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
    assert!(
        request.contains("\r\naccept-encoding: identity\r\n"),
        "{request}"
    );
    assert!(!request.contains("transfer-encoding"), "{request}");
    assert!(
        request.ends_with("\r\n\r\n{\"code\":\"hunter2\"}"),
        "{request}"
    );
}

#[test]
fn compressed_response_is_named_as_such() {
    fn check(status: &str, headers: &str, body: &[u8], expected: &str) {
        let head = format!(
            "HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n",
            body.len()
        );
        let address = server::responding([head.as_bytes(), body].concat());
        let response = with_defaults().send(get(&format!("http://{address}/")));
        let response = response.unwrap();
        let error = if response.status().is_success() {
            read_json::<Vec<u8>>(&response).unwrap_err().to_string()
        } else {
            ServiceError::from_response(&response).to_string()
        };
        assert_eq!(error, expected, "{status} {headers}");
    }
    const GZIP: &[u8] = &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0];
    let compressed = "the response is compressed, although the request does not allow it";
    let ok = |headers: &str, note: &str| {
        check("200 OK", headers, GZIP, &format!("{compressed} ({note})"));
    };
    ok("Content-Encoding: gzip\r\n", "content encoding gzip");
    ok("Content-Encoding: br\r\n", "content encoding br");
    ok(
        "content-encoding: deflate, gzip\r\n",
        "content encoding deflate, gzip",
    );
    ok("Content-Encoding: identity\r\n", "content encoding gzip");
    ok("", "content encoding gzip");
    let json = "Content-Type: application/json\r\nContent-Encoding: zstd\r\n";
    ok(json, "content type application/json, content encoding zstd");
    let page = "Content-Type: text/html\r\nContent-Encoding: gzip\r\n";
    let web_page = "the response is a web page, such as the login page of a network \
                    (content type text/html, content encoding gzip)";
    check("200 OK", page, GZIP, web_page);
    check(
        "200 OK",
        "Content-Encoding: identity\r\n",
        b"[",
        "the response is truncated",
    );
    check(
        "200 OK",
        "Content-Encoding: gzip\r\n",
        b"",
        "the response is truncated",
    );

    let forbidden = "status 403 without an error message";
    let encoded = format!("{forbidden}; the body is compressed (gzip)");
    check("403 No", "Content-Encoding: gzip\r\n", GZIP, &encoded);
    check("403 No", "", GZIP, &encoded);
    check("403 No", "", b"no", forbidden);
    let named = "Content-Encoding: gzip\r\nx-amzn-ErrorType: ForbiddenException\r\n";
    check("403 No", named, GZIP, "ForbiddenException (status 403)");
}

#[test]
fn body_that_only_claims_to_be_compressed_is_read() {
    let response = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n[1]";
    let address = server::responding(response);
    let response = with_defaults().send(get(&format!("http://{address}/")));
    assert_eq!(read_json::<Vec<u8>>(&response.unwrap()).unwrap(), [1]);
}

#[test]
fn connection_is_reused_for_the_next_request() {
    let (sender, connections) = mpsc::channel();
    let address = server::start(move |mut stream| {
        sender.send(()).unwrap();
        for _ in 0..2 {
            server::read_request(&mut stream);
            stream
                .write_all(OK_ON_A_PERSISTENT_CONNECTION.as_bytes())
                .unwrap();
        }
    });
    let transport = with_defaults();
    for _ in 0..2 {
        transport.send(get(&format!("http://{address}/"))).unwrap();
    }
    assert_eq!(connections.try_iter().count(), 1);
}

/// Starts a server that responds to one request on each connection, and closes the connection
/// without a response when the next request arrives.
fn closing_after_one_response() -> SocketAddr {
    server::start(|mut stream| {
        server::read_request(&mut stream);
        stream
            .write_all(OK_ON_A_PERSISTENT_CONNECTION.as_bytes())
            .unwrap();
        // Blocks until the next request or the end of the connection, and then closes it.
        std::thread::spawn(move || server::read_request(&mut stream));
    })
}

#[test]
fn single_use_request_does_not_use_an_idle_connection() {
    let address = closing_after_one_response();
    let send = |transport: &HttpTransport, request: Request<Vec<u8>>, kind| {
        RetryPolicy::single_attempt().send(transport, &request, kind)
    };
    let (plain, code) = (
        format!("http://{address}/"),
        format!("http://{address}/token"),
    );
    for request in [get(&code), post(&code)] {
        let transport = with_defaults();
        for _ in 0..3 {
            send(&transport, request.clone(), RequestKind::SingleUse).unwrap();
        }
        send(&transport, get(&plain), RequestKind::Idempotent).unwrap_err();
        send(&transport, get(&plain), RequestKind::Idempotent).unwrap();
        send(&transport, request, RequestKind::SingleUse).unwrap();
    }
}

#[test]
fn closed_connection_is_transient_and_not_reported_as_unsent() {
    let cuts = [
        "",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"access",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"acc",
    ];
    for cut in cuts {
        let error = check_all(server::responding(cut), |error| {
            matches!(error, TransportError::Cut { .. })
        });
        assert!(error.is_transient() && !error.was_not_sent(), "{cut:?}");
    }
}

#[test]
fn silent_server_causes_a_read_timeout() {
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
fn response_of_three_megabytes_is_rejected() {
    let body = "x".repeat(3 << 20);
    let length = body.len();
    for head in [
        format!("Content-Length: {length}\r\n\r\n{body}\r\n"),
        format!("Transfer-Encoding: chunked\r\n\r\n{length:x}\r\n{body}\r\n0\r\n\r\n"),
        format!("Connection: close\r\n\r\n{body}"),
    ] {
        let address = server::responding(format!("HTTP/1.1 200 OK\r\n{head}"));
        let error = with_defaults()
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
fn response_size_is_limited_to_one_megabyte() {
    let response_of = |length: usize| {
        let body = "x".repeat(length);
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
        let address = server::responding(head + &body);
        with_defaults().send(get(&format!("http://{address}/")))
    };
    assert_eq!(response_of(1 << 20).unwrap().body().len(), 1 << 20);
    let error = response_of((1 << 20) + 1).unwrap_err();
    assert!(
        matches!(error, TransportError::TooLarge { .. }),
        "{error:?}"
    );
}

#[test]
fn redirect_is_reported_and_not_followed() {
    let (sender, followed) = mpsc::channel();
    let target = server::start(move |_| sender.send(()).unwrap());
    for status in [301, 302, 303, 307, 308] {
        let location = format!("http://{target}/login?secret=hunter2");
        let address = server::responding(format!(
            "HTTP/1.1 {status} Elsewhere\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
        ));
        let error = check_all(address, |error| {
            error.to_string() == format!("{address} redirected to 127.0.0.1, which is not followed")
        });
        assert_eq!(error.redirect_target(), Some(location.as_str()));
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        assert!(!error.is_transient() && !error.was_not_sent());
    }
    assert_eq!(followed.try_iter().count(), 0);
}

#[test]
fn redirect_needs_a_single_location() {
    let check = |headers: &str, target: Option<&str>| {
        let address = server::responding(format!(
            "HTTP/1.1 302 Found\r\n{headers}Content-Length: 0\r\n\r\n"
        ));
        let error = with_defaults().send(get(&format!("http://{address}/")));
        let error = error.unwrap_err();
        assert!(
            matches!(error, TransportError::Redirect { .. }),
            "{error:?}"
        );
        assert_eq!(error.redirect_target(), target, "{headers:?}");
    };
    let (a, b) = ("https://a.example/", "https://b.example/");
    check(&format!("Location: {a}\r\n"), Some(a));
    check(&format!("Location: {a}\r\nlocation: {a}\r\n"), Some(a));
    check(&format!("Location: {a}\r\nLocation: {b}\r\n"), None);
    check(&format!("Location: {a}\r\nLocation:\r\n"), None);
    check("Location:\r\n", None);
    check("Location:  \r\n", None);
    check("Location: https://b\u{fc}cher.example/\r\n", None);
    check("", None);
}

#[test]
fn redirect_within_the_host_or_without_location_is_reported() {
    for (header, target) in [
        ("Location: /login\r\n", "127.0.0.1"),
        ("", "an invalid URL"),
    ] {
        let address = server::responding(format!(
            "HTTP/1.1 302 Found\r\n{header}Content-Length: 0\r\n\r\n"
        ));
        let error = check_all(address, |error| {
            matches!(error, TransportError::Redirect { .. })
        });
        assert!(error.to_string().contains(target), "{error}");
    }
}

#[test]
fn refused_connection_is_reported_as_not_sent() {
    let address = server::closed_address();
    let error = check_all(address, |error| {
        error.to_string() == format!("{address} refused the connection")
    });
    assert!(error.was_not_sent() && error.is_transient());
}

#[test]
fn unresolvable_host_name_is_a_dns_error() {
    // Resolvers reject this label without a query: RFC 1035 §2.3.4 allows 63 characters.
    let host = format!("{}.invalid", "x".repeat(64));
    let error = with_defaults()
        .send(post(&format!("https://{host}/")))
        .unwrap_err();
    assert!(matches!(error, TransportError::Dns { .. }), "{error:?}");
    assert!(error.was_not_sent() && error.is_transient());
    assert_eq!(
        error.to_string(),
        format!("cannot resolve the host name {host}")
    );
}

#[test]
fn response_that_is_not_http_is_reported() {
    let error = check_all(server::responding("SSH-2.0-OpenSSH_9.9\r\n\r\n"), |error| {
        matches!(error, TransportError::NotHttp { .. })
    });
    assert!(!error.is_transient() && !error.was_not_sent());
}

#[test]
fn plain_http_is_allowed_only_for_loopback_addresses() {
    let port = server::responding(OK).port();
    for host in ["127.0.0.1", "localhost", "LOCALHOST"] {
        with_defaults()
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
        let error = with_defaults()
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
fn invalid_url_is_rejected_and_not_quoted() {
    for url in [
        "/path",
        "ftp://example.com/",
        "https://hunter2@example.com/",
        "https://u:hunter2@example.com/",
        "https://example.com:99999/",
    ] {
        let error = with_defaults().send(get(url)).unwrap_err();
        assert!(matches!(error, TransportError::BadUrl { .. }), "{error:?}");
        assert!(
            !format!("{error:?} {error}").contains("hunter2"),
            "{error:?}"
        );
    }
}

#[test]
fn server_certificate_from_the_bundle_is_trusted() {
    let directory = tempfile::tempdir().unwrap();
    let authority = CertificateAuthority::new();
    let port = tls::responding(authority.server("localhost"), OK);
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
fn untrusted_server_receives_no_request() {
    let directory = tempfile::tempdir().unwrap();
    let authority = CertificateAuthority::new();
    let bundle = directory.path().join("bundle.pem");
    File::create(&bundle)
        .unwrap()
        .write_all(authority.pem().as_bytes())
        .unwrap();
    let unknown_issuer = tls::responding(CertificateAuthority::new().server("localhost"), OK);
    let wrong_name = tls::responding(authority.server("example.com"), OK);
    for port in [unknown_issuer, wrong_name] {
        for request in [
            get(&format!("https://localhost:{port}/")),
            post(&format!("https://localhost:{port}/")),
        ] {
            let error = trusting(&bundle).send(request).unwrap_err();
            assert!(matches!(error, TransportError::Tls { .. }), "{error:?}");
            assert!(error.was_not_sent() && !error.is_transient());
            let reason = std::error::Error::source(&error).unwrap().to_string();
            let expected = if port == unknown_issuer {
                "invalid peer certificate: bad signature"
            } else {
                "invalid peer certificate: \
                 the certificate is not valid for localhost, but for example.com"
            };
            assert_eq!(reason, expected);
            assert_eq!(
                error.to_string(),
                format!(
                    "no trusted TLS connection to localhost:{port} (only the certificates in {} are trusted)",
                    bundle.display()
                )
            );
        }
    }
    let with_platform_certificates = with_defaults()
        .send(get(&format!("https://localhost:{unknown_issuer}/")))
        .unwrap_err();
    assert!(matches!(
        with_platform_certificates,
        TransportError::Tls {
            ca_bundle: None,
            is_outside_validity: false,
            ..
        }
    ));
}

#[test]
fn connection_closed_during_the_tls_handshake_is_reported_as_not_sent() {
    let address = server::start(|stream| {
        // Read the client's hello: closing with unread bytes would reset the connection instead.
        let mut hello = [0; 1 << 14];
        let _ = std::io::Read::read(&mut &stream, &mut hello);
        let _ = stream.shutdown(Shutdown::Both);
    });
    let error = with_defaults()
        .send(post(&format!("https://localhost:{}/", address.port())))
        .unwrap_err();
    assert!(matches!(error, TransportError::Connect { .. }), "{error:?}");
    assert!(error.was_not_sent() && error.is_transient());
}

#[test]
fn invalid_bundle_is_named_in_the_error() {
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("missing.pem");
    let garbage = directory.path().join("garbage.pem");
    File::create(&garbage)
        .unwrap()
        .write_all(b"not a certificate")
        .unwrap();
    let broken = directory.path().join("broken.pem");
    let pem = "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n";
    File::create(&broken)
        .unwrap()
        .write_all(pem.as_bytes())
        .unwrap();
    let empty = directory.path().join("empty.pem");
    File::create(&empty).unwrap();
    let no_certificate = directory.path().join("text.pem");
    let pem = "-----BEGIN CERTIFICATE-----\naHVudGVyMg==\n-----END CERTIFICATE-----\n";
    put(&no_certificate, pem);
    let key = directory.path().join("key.pem");
    put(&key, &CertificateAuthority::new().key_pem());
    let as_file = directory.path().to_owned();
    let mut paths = vec![
        missing,
        garbage,
        broken,
        empty,
        no_certificate,
        key,
        as_file,
    ];
    if cfg!(unix) {
        paths.extend(["/dev/null".into(), "/dev/zero".into()]);
    }
    for path in paths {
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

/// Returns `der` in PEM, with `settings` as the trust settings of OpenSSL.
fn trusted_pem(der: &[u8], settings: &[u8]) -> String {
    let text = BASE64_STANDARD.encode([der, settings].concat());
    let lines = text.as_bytes().chunks(64).map(<[u8]>::escape_ascii);
    let lines: Vec<_> = lines.map(|line| line.to_string()).collect();
    let lines = lines.join("\n");
    format!("-----BEGIN TRUSTED CERTIFICATE-----\n{lines}\n-----END TRUSTED CERTIFICATE-----\n")
}

/// Returns trust settings with the element `tag`, which contains the purpose with this last number.
fn trust_settings(tag: u8, purpose: u8) -> Vec<u8> {
    let oid = [6, 8, 0x2b, 6, 1, 5, 5, 7, 3, purpose];
    [&[0x30, 15, tag, 10][..], &oid, &[0x0c, 1, b'x']].concat()
}

#[test]
fn each_form_of_a_bundle_that_openssl_accepts_is_accepted() {
    let (authority, other) = (CertificateAuthority::new(), CertificateAuthority::new());
    let (pem, more) = (authority.pem().replace("\r\n", "\n"), other.pem());
    let directory = tempfile::tempdir().unwrap();
    let bundle = directory.path().join("bundle.pem");
    let port = tls::responding(authority.server("localhost"), OK);
    let check = |name: &str, content: &[u8]| {
        File::create(&bundle).unwrap().write_all(content).unwrap();
        let sent = trusting(&bundle).send(get(&format!("https://localhost:{port}/")));
        assert!(sent.is_ok(), "{name}: {sent:?}");
    };
    let text = |name: &str, content: &str| check(name, content.as_bytes());
    text("LF", &pem);
    text("CRLF", &pem.replace('\n', "\r\n"));
    text(
        "white space at the end of lines",
        &pem.replace('\n', " \t\n"),
    );
    text("no final line break", pem.trim_end());
    text("byte order mark", &format!("\u{feff}{pem}"));
    text(
        "byte order marks of concatenated files",
        &format!("\u{feff}{more}\n\u{feff}{pem}"),
    );
    text("several", &format!("{more}{pem}{more}"));
    text("the same twice", &format!("{pem}{pem}"));
    text(
        "text",
        &format!("# Ümläut\nsubject=CN = x\n\n{pem}more\n{more}end"),
    );
    check("text in Latin-1", &[b"\xe9\n", pem.as_bytes()].concat());
    check("NUL at the end", &[pem.as_bytes(), b"\0"].concat());
    text("key before", &format!("{}{pem}", authority.key_pem()));
    text("key after", &format!("{pem}{}", authority.key_pem()));
    let unknown = "-----BEGIN PKCS7-----\nAAAA\n-----END PKCS7-----\n";
    text("other item", &format!("{unknown}{pem}"));
    text("old label", &pem.replace("CERTIFICATE", "X509 CERTIFICATE"));
    text(
        "old label and CRLF",
        &pem.replace("CERTIFICATE", "X509 CERTIFICATE")
            .replace('\n', "\r\n"),
    );
    let der = authority.der();
    text("trusted", &trusted_pem(der, &[]));
    text(
        "trusted with an alias",
        &trusted_pem(der, &[0x30, 3, 0x0c, 1, b'x']),
    );
    text(
        "trusted for servers",
        &trusted_pem(der, &trust_settings(0x30, 1)),
    );
    text(
        "rejected for clients",
        &trusted_pem(der, &trust_settings(0xa0, 2)),
    );
    text(
        "trusted and several",
        &format!(
            "\u{feff}{}{more}",
            trusted_pem(der, &trust_settings(0x30, 1))
        ),
    );
}

#[test]
fn trust_settings_that_exclude_servers_are_respected() {
    let authority = CertificateAuthority::new();
    let directory = tempfile::tempdir().unwrap();
    let bundle = directory.path().join("bundle.pem");
    let any_purpose = [0x30, 8, 0xa0, 6, 6, 4, 0x55, 0x1d, 0x25, 0];
    for settings in [
        trust_settings(0x30, 4),
        trust_settings(0xa0, 1),
        any_purpose.to_vec(),
    ] {
        put(&bundle, &trusted_pem(authority.der(), &settings));
        let error = trusting(&bundle).check_ca_bundle().unwrap_err();
        let reason = std::error::Error::source(&error).unwrap().to_string();
        assert_eq!(
            reason, "the file contains no valid certificates",
            "{settings:?}"
        );
    }
}

#[test]
fn certificate_outside_its_validity_is_explained_with_the_local_clock() {
    let directory = tempfile::tempdir().unwrap();
    let authority = CertificateAuthority::new();
    let bundle = directory.path().join("bundle.pem");
    put(&bundle, &authority.pem());
    let check = |from: i32, to: i32, start: &str, end: &str| {
        let port = tls::responding(authority.server_in_years("localhost", from, to), OK);
        let error = trusting(&bundle)
            .send(get(&format!("https://localhost:{port}/")))
            .unwrap_err();
        let is_outside = matches!(
            error,
            TransportError::Tls {
                is_outside_validity: true,
                ..
            }
        );
        assert!(is_outside, "{error:?}");
        let reason = std::error::Error::source(&error).unwrap().to_string();
        assert!(
            reason.starts_with(start) && reason.ends_with(end),
            "{reason}"
        );
    };
    let expired = "invalid peer certificate: it expired ";
    check(2000, 2001, expired, "d ago by the local clock");
    let future = "invalid peer certificate: it becomes valid in ";
    check(4000, 4001, future, "d by the local clock");
}

#[test]
fn error_of_an_invalid_bundle_has_no_names_from_the_source_and_no_bytes() {
    let directory = tempfile::tempdir().unwrap();
    let bundle = directory.path().join("bundle.pem");
    for pem in [
        "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nAAAA\n",
        "-----BEGIN CERTIFICATE",
    ] {
        put(&bundle, pem);
        let error = trusting(&bundle).check_ca_bundle().unwrap_err();
        let reason = std::error::Error::source(&error).unwrap().to_string();
        assert_eq!(reason, "the file is not valid PEM", "{pem}");
    }
}

#[test]
fn bundle_is_read_at_the_first_request() {
    let directory = tempfile::tempdir().unwrap();
    let bundle = directory.path().join("bundle.pem");
    let transport = trusting(&bundle);
    let pem = CertificateAuthority::new().pem();
    File::create(&bundle)
        .unwrap()
        .write_all(pem.as_bytes())
        .unwrap();
    let port = server::responding(OK).port();
    transport
        .send(get(&format!("http://localhost:{port}/")))
        .unwrap();
    fs::remove_file(&bundle).unwrap();
    transport
        .send(get(&format!("http://localhost:{port}/")))
        .unwrap();
}

#[test]
fn transport_can_be_shared_and_boxed() {
    let port = server::responding(OK).port();
    let transport = std::sync::Arc::new(with_defaults());
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
fn request_and_response_are_logged_in_one_line_each_without_secrets() {
    log::set_logger(&LOG).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let address = server::responding(
        "HTTP/1.1 200 OK\r\nx-amzn-RequestId: 42\u{202e}\r\nContent-Length: 13\r\n\r\n{\"hunter2\":1}",
    );
    let url = format!("http://{address}/federation/credentials?role_name=Admin");
    with_defaults().send(get(&url)).unwrap();
    with_defaults().send(post(&url)).unwrap();

    let lines = LOG.0.lock().unwrap().clone();
    let of_this_test: Vec<_> = lines
        .iter()
        .filter(|line| line.contains(&address.to_string()))
        .collect();
    assert_eq!(*of_this_test[0], format!("DEBUG GET {url}"));
    let response = of_this_test[1];
    assert!(
        response.starts_with(&format!("DEBUG {address} responded 200 after ")),
        "{response}"
    );
    assert!(
        response.ends_with(": 13 bytes, request ID 42"),
        "{response}"
    );
    assert_eq!(*of_this_test[2], format!("DEBUG POST {url}"));
    assert!(
        lines.iter().all(|line| !line.contains("hunter2")),
        "{lines:?}"
    );
}

#[test]
fn certificate_of_a_ca_on_a_server_is_explained_in_words() {
    let directory = tempfile::tempdir().unwrap();
    let authority = CertificateAuthority::new();
    let bundle = directory.path().join("bundle.pem");
    put(&bundle, &authority.pem());
    let port = tls::responding(authority.as_server(), OK);
    let error = trusting(&bundle)
        .send(get(&format!("https://localhost:{port}/")))
        .unwrap_err();
    let reason = std::error::Error::source(&error).unwrap().to_string();
    let expected = "invalid peer certificate: it is the certificate of a CA, not of a server";
    assert_eq!(reason, expected);
}

#[test]
fn alert_of_the_server_is_explained_in_words() {
    let directory = tempfile::tempdir().unwrap();
    let authority = CertificateAuthority::new();
    let bundle = directory.path().join("bundle.pem");
    put(&bundle, &authority.pem());
    let address = server::start(|mut stream| {
        // A fatal alert of TLS 1.2: handshake_failure.
        let mut hello = [0; 1 << 14];
        let _ = std::io::Read::read(&mut stream, &mut hello);
        let _ = stream.write_all(&[21, 3, 3, 0, 2, 2, 40]);
    });
    let error = trusting(&bundle)
        .send(get(&format!("https://localhost:{}/", address.port())))
        .unwrap_err();
    let reason = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(reason, "received the fatal alert: handshake failure");
}

#[cfg(unix)]
#[test]
fn bundle_in_a_pipe_is_read_once_for_all_transports() {
    let directory = tempfile::tempdir().unwrap();
    let pipe = directory.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let pem = CertificateAuthority::new().pem();
    let mut writer = File::options().read(true).write(true).open(&pipe).unwrap();
    writer.write_all(pem.as_bytes()).unwrap();
    let reader = File::open(&pipe).unwrap();
    drop(writer);
    let transport = trusting(&pipe);
    transport.check_ca_bundle().unwrap();
    drop(reader);
    let clone = HttpTransport::new(transport.settings().clone());
    clone.check_ca_bundle().unwrap();
    let again = trusting(&pipe).check_ca_bundle().unwrap_err();
    assert!(
        matches!(again, TransportError::CaBundle { .. }),
        "{again:?}"
    );
}

/// The writer closes the pipe only when all threads have begun to read it.
#[cfg(unix)]
#[test]
fn bundle_in_a_pipe_is_read_once_by_all_threads() {
    const THREADS: usize = 8;
    let directory = tempfile::tempdir().unwrap();
    let pipe = directory.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let pem = CertificateAuthority::new().pem();
    let (start, end) = pem.split_at(pem.len() / 2);
    let mut writer = File::options().read(true).write(true).open(&pipe).unwrap();
    writer.write_all(start.as_bytes()).unwrap();
    let _reader = File::open(&pipe).unwrap();
    let transport = trusting(&pipe);
    let begun = std::sync::Barrier::new(THREADS + 1);
    std::thread::scope(|scope| {
        let check = || {
            let clone = HttpTransport::new(transport.settings().clone());
            begun.wait();
            clone.check_ca_bundle()
        };
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(check)).collect();
        begun.wait();
        writer.write_all(end.as_bytes()).unwrap();
        drop(writer);
        for thread in threads {
            thread.join().unwrap().unwrap();
        }
    });
}

/// Sends a request to `url`, which the variable `AWS_ENDPOINT_URL` contains.
fn send_to_custom(url: &str) -> Result<Response<Vec<u8>>, TransportError> {
    let endpoint: Endpoint = url.parse().unwrap();
    let endpoint = endpoint.with_setting("AWS_ENDPOINT_URL");
    let mut request = get(&endpoint.uri("/token", &[]).unwrap().to_string());
    endpoint.name_setting_in_errors(&mut request);
    with_short_timeout().send(request)
}

#[test]
fn failed_connection_to_a_custom_endpoint_names_its_setting() {
    let check = |url: &str| {
        let error = send_to_custom(url).unwrap_err().to_string();
        assert!(
            error.contains(" (the endpoint URL in AWS_ENDPOINT_URL)"),
            "{error}"
        );
    };
    let refused = send_to_custom("http://127.0.0.1:1").unwrap_err();
    assert_eq!(refused.custom_endpoint(), Some("AWS_ENDPOINT_URL"));
    check("http://127.0.0.1:1");
    check("https://127.0.0.1:1");
    check("https://sso.invalid");
    let silent = server::start(|mut stream| {
        server::read_request(&mut stream);
        std::io::Read::read(&mut stream, &mut [0]).unwrap();
    });
    check(&format!("http://{silent}"));
    let garbage = server::responding("no HTTP\r\n\r\n");
    check(&format!("http://{garbage}"));
    let untrusted = tls::responding(CertificateAuthority::new().server("localhost"), OK);
    check(&format!("https://localhost:{untrusted}"));
}

#[test]
fn response_that_is_not_of_the_service_names_the_setting_of_a_custom_endpoint() {
    let not_found = "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\noops";
    let url = format!("http://{}", server::responding(not_found));
    let response = send_to_custom(&url).unwrap();
    let error = ServiceError::from_response(&response);
    assert_eq!(
        error.to_string(),
        "status 404 without an error message from the endpoint URL in AWS_ENDPOINT_URL"
    );
    let error = read_json::<Vec<u8>>(&response).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the response is not JSON (from the endpoint URL in AWS_ENDPOINT_URL)"
    );
    let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\noops";
    let url = format!("http://{}", server::responding(page));
    let error = read_json::<Vec<u8>>(&send_to_custom(&url).unwrap()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the response is a web page, such as the login page of a network (content type text/html, from the endpoint URL in AWS_ENDPOINT_URL)"
    );
    let denied = "HTTP/1.1 403 No\r\nContent-Length: 37\r\n\r\n\
                  {\"__type\":\"Forbidden\",\"message\":\"no\"}";
    let url = format!("http://{}", server::responding(denied));
    let error = ServiceError::from_response(&send_to_custom(&url).unwrap());
    assert_eq!(error.to_string(), "no (Forbidden, status 403)");
}
