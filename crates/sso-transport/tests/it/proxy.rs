use std::fs::File;
use std::io::Write;
use std::net::TcpStream;
use std::sync::mpsc;
use std::thread;

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
    let mut file = File::create(&bundle).unwrap();
    file.write_all(authority.pem().as_bytes()).unwrap();
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

#[test]
fn refusing_proxy_is_named_without_its_password() {
    for (status, transient) in [(407, false), (403, false), (502, true)] {
        let address =
            server::responding(format!("HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n"));
        let proxy = format!("http://user:p%40ss@{address}");
        let error = via_proxy(&proxy, "")
            .send(post("https://oidc.example/token"))
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("the proxy {address} did not connect to oidc.example (status {status})")
        );
        assert!(!format!("{error:?}").contains("p%40ss"), "{error:?}");
        assert!(error.was_not_sent());
        assert_eq!(error.is_transient(), transient);
    }
}

#[test]
fn unreachable_proxy_is_named() {
    let address = server::closed_address();
    let error = via_proxy(&address.to_string(), "<-loopback>")
        .send(post("http://127.0.0.1:1/token"))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("the proxy {address} refused the connection")
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
