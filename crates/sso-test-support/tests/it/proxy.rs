//! The proxy.

use std::sync::Arc;

use identity_center_emulator::Emulator;
use rustls::crypto::ring;
use sso_test_support::{Proxy, Relay};
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

fn through(proxy: &Proxy, relay: Option<&Relay>) -> Agent {
    let pem = relay.map(|relay| Certificate::from_pem(relay.ca_pem().as_bytes()));
    let roots = pem.into_iter().map(|pem| pem.expect("a certificate"));
    let tls = TlsConfig::builder()
        .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
        .root_certs(RootCerts::from(roots))
        .build();
    let proxy = ureq::Proxy::new(&proxy.url()).expect("a URL");
    let config = Agent::config_builder().proxy(Some(proxy)).tls_config(tls);
    config.build().into()
}

#[test]
fn real_host_names_can_be_led_to_the_emulator() {
    let server = Emulator::start();
    let host = "oidc.eu-central-1.amazonaws.com";
    let relay = Relay::tls(server.address(), &[host]);
    let proxy = Proxy::leading_to(relay.address());
    let answer = through(&proxy, Some(&relay))
        .get(format!("https://{host}/device"))
        .call();
    assert_eq!(answer.expect("it is led there").status(), 200);
    assert_eq!(proxy.targets(), [format!("{host}:443")]);
}

#[test]
fn a_proxy_leads_where_it_is_asked_to() {
    let server = Emulator::start();
    let proxy = Proxy::start();
    let answer = through(&proxy, None)
        .get(format!("{}/device", server.url()))
        .call();
    assert_eq!(answer.expect("it is led there").status(), 200);
    assert_eq!(proxy.targets(), [server.address().to_string()]);
}

#[test]
fn a_refusing_proxy_remembers_what_was_tried() {
    let proxy = Proxy::refusing();
    assert!(proxy.targets().is_empty());
    let answer = through(&proxy, None)
        .get("https://portal.sso.us-east-1.amazonaws.com/")
        .call();
    assert!(answer.is_err());
    assert_eq!(proxy.targets(), ["portal.sso.us-east-1.amazonaws.com:443"]);
}

#[test]
fn a_request_with_a_whole_url_is_passed_on() {
    use std::io::{Read, Write};
    let server = Emulator::start();
    let proxy = Proxy::leading_to(server.address());
    let address = proxy.url().replace("http://", "");
    let mut stream = std::net::TcpStream::connect(address).expect("it listens");
    let request = "GET http://portal.example/device HTTP/1.1\r\nHost: portal.example\r\n\
        Connection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).expect("it is open");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it is text");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(proxy.targets(), ["portal.example:80"]);
}
