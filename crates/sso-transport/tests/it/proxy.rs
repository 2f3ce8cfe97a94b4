use std::fs::File;
use std::io::Write;
use std::net::TcpStream;
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use http::{Request, Uri};
use sso_transport::{HttpSettings, HttpTransport, ProxySettings, Transport, TransportError};
use sso_types::NamedSecret;

use super::tls::CertificateAuthority;
use super::{server, tls};

fn settings(proxy: &str, no_proxy: &str) -> ProxySettings {
    ProxySettings {
        http: Some(NamedSecret::new("HTTP_PROXY", proxy)),
        https: Some(NamedSecret::new("HTTPS_PROXY", proxy)),
        no_proxy: Some(NamedSecret::new("NO_PROXY", no_proxy)),
    }
}

fn post(url: &str) -> Request<Vec<u8>> {
    Request::post(url).body(b"hunter2".to_vec()).unwrap()
}

fn via_proxy(proxy: &str, no_proxy: &str) -> HttpTransport {
    HttpTransport::new(HttpSettings {
        proxies: settings(proxy, no_proxy),
        ..HttpSettings::default()
    })
}

#[test]
fn no_proxy_matches_hosts_domains_addresses_networks_and_ports() {
    fn check(no_proxy: &str, target: &str, proxied: bool) {
        let target: Uri = target.parse().unwrap();
        let settings = settings("http://proxy.example:3128", no_proxy);
        assert_eq!(settings.apply_to(&target), proxied, "{no_proxy:?} {target}");
    }
    check("", "https://oidc.us-east-1.amazonaws.com", true);
    check("*", "https://oidc.us-east-1.amazonaws.com", false);
    for domain in [
        "amazonaws.com",
        ".amazonaws.com",
        "*.amazonaws.com",
        "AmazonAWS.com.",
    ] {
        check(domain, "https://oidc.us-east-1.amazonaws.com", false);
        check(domain, "https://OIDC.us-east-1.AMAZONAWS.com.", false);
        check(domain, "https://amazonaws.com", false);
        check(domain, "https://notamazonaws.com", true);
        check(domain, "https://amazonaws.com.evil.example", true);
    }
    check("a.example, b.example c.example", "https://b.example", false);
    check("a.example, b.example c.example", "https://c.example", false);
    check("a.example,,b.example", "https://d.example", true);
    for separator in [
        ",", " ", "\t", "\n", "\r\n", ",\n  ", " , ", "\u{b}", "\u{a0}",
    ] {
        let list = format!("{separator}a.example{separator}.b.example:443{separator}");
        check(&list, "https://a.example", false);
        check(&list, "https://x.b.example", false);
        check(&list, "https://x.b.example:8443", true);
        check(&list, "https://c.example", true);
        check(
            &format!("a.example{separator}*"),
            "https://c.example",
            false,
        );
    }
    check("a.example:8443", "https://a.example:8443", false);
    check("a.example:443", "https://a.example", false);
    check("a.example:80", "http://a.example", false);
    check("a.example:8443", "https://a.example", true);
    check("a.example:x", "https://a.example", true);
    check("192.0.2.1", "https://192.0.2.1", false);
    check("192.0.2.1", "https://192.0.2.10", true);
    check("2.1", "https://192.0.2.1", true);
    check("192.0.2.0/24", "https://192.0.2.255", false);
    check("192.0.2.0/24", "https://192.0.3.0", true);
    check("0.0.0.0/0", "https://192.0.3.0", false);
    check("0.0.0.0/0", "https://[2001:db8::1]", true);
    check("192.0.2.0/33", "https://192.0.2.0", true);
    check("192.0.2.0/24", "https://192.0.2.0.example", true);
    check("2001:db8::/32", "https://[2001:db8:ffff::1]", false);
    check("2001:db8::/32", "https://[2001:db9::1]", true);
    check("[2001:db8::]/32", "https://[2001:db8:ffff::1]", false);
    check("2001:db8::1", "https://[2001:db8::1]:8443", false);
    check("[2001:db8::1]:443", "https://[2001:db8::1]", false);
    check("[2001:db8::1]:80", "https://[2001:db8::1]", true);
    check("ünï", "https://xn--n-1gaq", true);
    check("*", "https://a.example", false);
}

#[test]
fn no_proxy_with_the_zone_of_an_address_is_valid() {
    for entry in [
        "fe80::1%eth0",
        "fe80::1%25eth0",
        "[fe80::1%eth0]",
        "fe80::1",
    ] {
        let transport = HttpTransport::new(HttpSettings {
            proxies: settings("http://127.0.0.1:1", entry),
            ..HttpSettings::default()
        });
        let error = transport.send(post("https://a.example/")).unwrap_err();
        assert!(
            !matches!(error, TransportError::BadProxy { .. }),
            "{entry} {error:?}"
        );
    }
}

#[test]
fn loopback_bypasses_the_proxy_unless_configured() {
    for host in ["127.0.0.1", "127.9.9.9", "[::1]", "localhost", "LocalHost"] {
        let target: Uri = format!("http://{host}:8080/").parse().unwrap();
        let proxy = "proxy.example:3128";
        assert!(!settings(proxy, "").apply_to(&target), "{host}");
        assert!(
            settings(proxy, "a.example,<-loopback>").apply_to(&target),
            "{host}"
        );
        assert!(
            !settings(proxy, "<-loopback>,*").apply_to(&target),
            "{host}"
        );
    }
}

#[test]
fn request_scheme_selects_the_proxy() {
    let only_http = ProxySettings {
        http: Some(NamedSecret::new("HTTP_PROXY", "proxy.example")),
        ..ProxySettings::default()
    };
    let only_https = ProxySettings {
        https: Some(NamedSecret::new("HTTPS_PROXY", "proxy.example")),
        http: Some(NamedSecret::new("HTTP_PROXY", " ")),
        ..ProxySettings::default()
    };
    let (http, https) = (
        Uri::from_static("http://a.example"),
        Uri::from_static("https://a.example"),
    );
    assert!(only_http.apply_to(&http) && !only_http.apply_to(&https));
    assert!(only_https.apply_to(&https) && !only_https.apply_to(&http));
}

/// Starts a proxy that forwards every connection to `port`, and returns its port.
fn tunnel(port: u16, requests: mpsc::Sender<String>) -> u16 {
    let address = server::start(move |mut client| {
        requests.send(server::read_request(&mut client)).unwrap();
        client.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").unwrap();
        let server = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let (mut up, mut down) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        thread::spawn(move || std::io::copy(&mut up, &mut down));
        thread::spawn(move || std::io::copy(&mut &server, &mut &client));
    });
    address.port()
}

#[test]
fn proxy_receives_only_the_host_and_its_own_password() {
    let directory = tempfile::tempdir().unwrap();
    let authority = CertificateAuthority::new();
    let bundle = directory.path().join("bundle.pem");
    put(&bundle, &authority);
    let response = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
    let server = tls::responding(authority.server("oidc.example"), response);
    let (sender, requests) = mpsc::channel();
    let proxy = tunnel(server, sender);

    let transport = HttpTransport::new(HttpSettings {
        ca_bundle: Some(bundle.into()),
        proxies: settings(&format!("http://user:p%40ss@127.0.0.1:{proxy}"), ""),
        ..HttpSettings::default()
    });
    let response = transport.send(post("https://oidc.example/token")).unwrap();
    assert_eq!(response.body(), b"{}");

    let connect = requests.recv().unwrap();
    assert!(
        connect.starts_with("CONNECT oidc.example:443 HTTP/1.1\r\n"),
        "{connect}"
    );
    // base64 of `user:p@ss`.
    assert!(
        connect.contains("Proxy-Authorization: Basic dXNlcjpwQHNz\r\n"),
        "{connect}"
    );
    assert!(
        !connect.contains("token") && !connect.contains("hunter2"),
        "{connect}"
    );
    let shown = format!("{transport:?}");
    assert!(
        !shown.contains("p%40ss") && !shown.contains("user:"),
        "{shown}"
    );
}

/// Checks the reason why the proxy, which sends `response`, does not connect, for requests with and
/// without a body, by `https://` and by `http://`.
fn check_refusal(response: impl Into<Vec<u8>>, user: &str, reason: &str) -> TransportError {
    let address = server::responding(response);
    let proxy = format!("http://{user}{address}");
    let check = |request: Request<Vec<u8>>, name: &str| {
        let host = request.uri().authority().unwrap().to_string();
        let error = via_proxy(&proxy, "<-loopback>").send(request).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("the proxy {address} in {name} did not connect to {host}: {reason}")
        );
        assert!(!format!("{error:?}").contains("p%40ss"), "{error:?}");
        assert!(!format!("{error:?}").contains("p@ss"), "{error:?}");
        assert!(error.was_not_sent());
        error
    };
    let get = |url: &str| Request::get(url).body(Vec::new()).unwrap();
    check(get("https://oidc.example/token"), "HTTPS_PROXY");
    check(get("http://127.0.0.1:1/token"), "HTTP_PROXY");
    check(post("http://127.0.0.1:1/token"), "HTTP_PROXY");
    check(post("https://oidc.example/token"), "HTTPS_PROXY")
}

#[test]
fn refusing_proxy_is_named_without_its_password() {
    let check = |status: u16, is_transient: bool| {
        for body in ["", "<html>"] {
            let length = body.len();
            let head = format!("HTTP/1.1 {status} No\r\nContent-Length: {length}\r\n\r\n");
            let reason = format!("it responded with status {status}");
            let error = check_refusal(head + body, "user:p%40ss@", &reason);
            assert_eq!(error.is_transient(), is_transient, "{status}");
        }
    };
    for status in [300, 302, 307, 400, 401, 403, 404, 405, 511] {
        check(status, false);
    }
    for status in [408, 429, 500, 502, 503, 504] {
        check(status, true);
    }
}

#[test]
fn proxy_that_does_not_speak_http_is_named() {
    let not_http = "its response is not HTTP";
    for garbage in [
        "SSH-2.0-OpenSSH_9.2\r\n",
        "garbage\r\n\r\n",
        "\0\0\0",
        "\x15\x03\x03\x00\x02\x02\x46",
        "HTTX/1.1 200 OK\r\n\r\n",
        "HTTP/1.1\r\n\r\n",
        "HTTP/1.1 abc\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 999 OK\r\n\r\n",
        "HTTP/1.1 -1 OK\r\n\r\n",
        "HTTP/1.1 65536 OK\r\n\r\n",
        "\r\n\r\n",
    ] {
        let error = check_refusal(garbage, "", not_http);
        assert!(!error.is_transient());
    }
    let closed = "it closed the connection without a response";
    for part in [
        "",
        "HTTP/1.1 200 OK\r\nServer: x",
        "HTTP/1.1 100 Continue\r\n\r\n",
    ] {
        assert!(check_refusal(part, "", closed).is_transient());
    }
}

#[test]
fn headers_of_a_proxy_are_limited_in_size_and_not_in_number() {
    let long = format!("HTTP/1.1 200 OK\r\nX-Long: {}\r\n\r\n", "x".repeat(100_000));
    check_refusal(
        long,
        "",
        "the headers of its response are larger than 65536 bytes",
    );
    let many = "X-Header: x\r\n".repeat(500);
    let many = format!("HTTP/1.1 403 No\r\n{many}\r\n");
    check_refusal(many, "", "it responded with status 403");
    check_refusal("HTTP/1.0 403\n\n", "", "it responded with status 403");
    let interim = "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 403 No\r\n\r\n";
    check_refusal(interim, "", "it responded with status 403");
}

#[test]
fn page_of_a_proxy_instead_of_a_connection_is_reported() {
    let own = "it sent content of its own instead";
    let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>";
    assert!(!check_refusal(page, "", own).is_transient());
    check_refusal("HTTP/1.1 204 No Content\r\n\r\nx", "", own);
}

#[test]
fn authentication_that_a_proxy_requires_is_named() {
    fn check(challenges: &[&str], user: &str, reason: &str) {
        let headers = challenges
            .iter()
            .map(|it| format!("Proxy-Authenticate: {it}\r\n"));
        let headers: String = headers.collect();
        let response = format!("HTTP/1.1 407 No\r\n{headers}\r\n");
        let error = check_refusal(response, user, &format!("{reason} (status 407)"));
        assert!(!error.is_transient());
    }
    let missing = "it requires a user name and a password";
    let wrong = "it does not accept the user name or the password";
    for challenges in [
        &["Basic realm=\"Squid, the proxy\""][..],
        &["basic"],
        &["Negotiate", "NTLM", "BASIC realm=x"],
        &["Negotiate, NTLM, Basic realm=\"x\", charset=\"UTF-8\""],
        &[],
        &[""],
    ] {
        check(challenges, "", missing);
        check(challenges, "user:p%40ss@", wrong);
        check(challenges, "user@", wrong);
    }
    let unsupported =
        |schemes: &str| format!("it requires {schemes} authentication, which is not supported");
    for user in ["", "user:p%40ss@"] {
        check(&["Negotiate"], user, &unsupported("Negotiate"));
        check(
            &["NTLM", "Negotiate", "ntlm"],
            user,
            &unsupported("NTLM or Negotiate"),
        );
        check(
            &["Negotiate, NTLM"],
            user,
            &unsupported("Negotiate or NTLM"),
        );
        check(&["NTLM TlRMTVNTUAACAAAA=="], user, &unsupported("NTLM"));
        let digest = "Digest realm=\"a, Basic b\", qop = \"auth\", nonce=abc";
        check(&[digest], user, &unsupported("Digest"));
        check(
            &["Kerberos\u{202e}", "Bearer"],
            user,
            &unsupported("Bearer"),
        );
    }
}

#[test]
fn any_2xx_status_of_a_proxy_is_a_connection() {
    for head in [
        "HTTP/1.1 200 Connected\r\n\r\n",
        "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.0 299 x\n\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 Connected\r\n\r\n",
    ] {
        let address = server::start(move |mut stream| {
            server::read_request(&mut stream);
            stream.write_all(head.as_bytes()).unwrap();
            server::read_request(&mut stream);
            let response = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
            stream.write_all(response).unwrap();
        });
        let transport = via_proxy(&address.to_string(), "<-loopback>");
        let response = transport.send(post("http://127.0.0.1:1/token")).unwrap();
        assert_eq!(response.body(), b"{}", "{head}");
    }
}

#[test]
fn failure_behind_the_proxy_names_the_host_and_the_proxy() {
    let check = |after: &'static [u8], expected: &str| {
        let address = server::start(move |mut stream| {
            server::read_request(&mut stream);
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
            let mut hello = [0; 1 << 14];
            let _ = std::io::Read::read(&mut stream, &mut hello);
            stream.write_all(after).unwrap();
        });
        let transport = via_proxy(&address.to_string(), "");
        let error = transport.send(post("https://oidc.example/")).unwrap_err();
        let peer = format!("oidc.example through the proxy {address} in HTTPS_PROXY");
        assert_eq!(error.to_string(), format!("{expected} {peer}"));
        assert!(error.was_not_sent());
    };
    check(b"<html>", "no trusted TLS connection to");
    check(b"", "cannot connect to");
}

fn put(bundle: &Path, authority: &CertificateAuthority) {
    let mut file = File::create(bundle).unwrap();
    file.write_all(authority.pem().as_bytes()).unwrap();
}

#[test]
fn silent_proxy_is_named() {
    let address = server::start(|mut stream| {
        server::read_request(&mut stream);
        let _ = std::io::Read::read(&mut stream, &mut [0]);
    });
    let transport = HttpTransport::new(HttpSettings {
        connect_timeout: Duration::from_millis(50),
        proxies: settings(&address.to_string(), ""),
        ..HttpSettings::default()
    });
    let error = transport.send(post("https://oidc.example/")).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("cannot connect to the proxy {address} in HTTPS_PROXY within 50ms")
    );
    assert!(error.was_not_sent() && error.is_transient());
}

#[test]
fn tls_to_a_proxy_is_verified_and_its_failure_names_the_proxy() {
    let directory = tempfile::tempdir().unwrap();
    let authority = CertificateAuthority::new();
    let bundle = directory.path().join("bundle.pem");
    put(&bundle, &authority);
    let via = |port: u16| {
        HttpTransport::new(HttpSettings {
            ca_bundle: Some(bundle.clone().into()),
            proxies: settings(&format!("https://user:p%40ss@localhost:{port}"), ""),
            ..HttpSettings::default()
        })
    };
    let forbidden = "HTTP/1.1 403 No\r\n\r\n";
    let send = |port: u16| via(port).send(post("https://oidc.example/")).unwrap_err();

    let trusted = tls::responding(authority.server("localhost"), forbidden);
    assert_eq!(
        send(trusted).to_string(),
        format!(
            "the proxy localhost:{trusted} in HTTPS_PROXY did not connect to oidc.example: \
             it responded with status 403"
        )
    );
    let unknown = tls::responding(CertificateAuthority::new().server("localhost"), forbidden);
    let other_name = tls::responding(authority.server("other.example"), forbidden);
    for port in [unknown, other_name] {
        let error = send(port);
        assert_eq!(
            error.to_string(),
            format!(
                "no trusted TLS connection to the proxy localhost:{port} in HTTPS_PROXY \
                 (only the certificates in {} are trusted)",
                bundle.display()
            )
        );
        assert!(error.was_not_sent() && !error.is_transient());
    }
    let plain = server::start(|mut stream| {
        let _ = std::io::Read::read(&mut stream, &mut [0; 1 << 14]);
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .unwrap();
    });
    let plain = plain.port();
    assert_eq!(
        send(plain).to_string(),
        format!(
            "the proxy localhost:{plain} in HTTPS_PROXY did not connect to oidc.example: \
             it does not use TLS"
        )
    );
}

#[test]
fn connection_through_a_tls_proxy_is_encrypted_twice() {
    let directory = tempfile::tempdir().unwrap();
    let authority = CertificateAuthority::new();
    let bundle = directory.path().join("bundle.pem");
    put(&bundle, &authority);
    let (outer, inner) = (
        authority.server("localhost"),
        authority.server("oidc.example"),
    );
    let response = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
    let address = server::start(move |stream| {
        let connection = rustls::ServerConnection::new(outer.clone()).unwrap();
        let mut stream = rustls::StreamOwned::new(connection, stream);
        server::read_request(&mut stream);
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        tls::respond_once(&inner, stream, response);
    });
    let transport = HttpTransport::new(HttpSettings {
        ca_bundle: Some(bundle.into()),
        proxies: settings(&format!("https://localhost:{}", address.port()), ""),
        ..HttpSettings::default()
    });
    let response = transport.send(post("https://oidc.example/token")).unwrap();
    assert_eq!(response.body(), b"{}");
}

#[test]
fn unresolved_proxy_is_named() {
    let transport = via_proxy("http://user:p%40ss@proxy.invalid:3128", "");
    let error = transport.send(post("https://oidc.example/")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot resolve the host name proxy.invalid:3128 (the proxy in HTTPS_PROXY)"
    );
}

#[test]
fn unreachable_proxy_is_named() {
    let address = server::closed_address();
    let error = via_proxy(&address.to_string(), "<-loopback>")
        .send(post("http://127.0.0.1:1/token"))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("the proxy {address} in HTTP_PROXY refused the connection")
    );
    assert!(error.was_not_sent());
}

#[test]
fn invalid_proxy_setting_is_not_quoted() {
    for proxy in [
        "socks5://user:hunter2@proxy.example",
        "hunter2://",
        "http://",
        "hunter2 x",
    ] {
        let error = via_proxy(proxy, "")
            .send(post("https://oidc.example/"))
            .unwrap_err();
        assert!(
            matches!(error, TransportError::BadProxy { .. }),
            "{error:?}"
        );
        assert!(
            !format!("{error:?} {error}").contains("hunter2"),
            "{error:?}"
        );
        assert!(error.was_not_sent() && error.is_misconfiguration());
    }
}
