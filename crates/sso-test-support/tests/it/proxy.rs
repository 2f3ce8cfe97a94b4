use std::sync::Arc;

use identity_center_emulator::Emulator;
use rustls::crypto::ring;
use sso_test_support::{Proxy, Relay};
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

fn agent(proxy: &Proxy, relay: Option<&Relay>) -> Agent {
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
fn proxy_connects_real_host_names_to_the_emulator() {
    let server = Emulator::start();
    let host = "oidc.eu-central-1.amazonaws.com";
    let relay = Relay::tls(server.address(), &[host]);
    let proxy = Proxy::leading_to(relay.address());
    let response = agent(&proxy, Some(&relay))
        .get(format!("https://{host}/device"))
        .call();
    assert_eq!(
        response.expect("the request reaches the emulator").status(),
        200
    );
    assert_eq!(proxy.targets(), [format!("{host}:443")]);
}

#[test]
fn proxy_connects_to_the_requested_host() {
    let server = Emulator::start();
    let proxy = Proxy::start();
    let response = agent(&proxy, None)
        .get(format!("{}/device", server.url()))
        .call();
    assert_eq!(
        response.expect("the request reaches the emulator").status(),
        200
    );
    assert_eq!(proxy.targets(), [server.address().to_string()]);
}

#[test]
fn refusing_proxy_records_the_requested_host() {
    let proxy = Proxy::refusing();
    assert!(proxy.targets().is_empty());
    let response = agent(&proxy, None)
        .get("https://portal.sso.us-east-1.amazonaws.com/")
        .call();
    assert!(response.is_err());
    assert_eq!(proxy.targets(), ["portal.sso.us-east-1.amazonaws.com:443"]);
}

#[test]
fn request_with_an_absolute_url_is_forwarded() {
    use std::io::{Read, Write};
    let server = Emulator::start();
    let proxy = Proxy::leading_to(server.address());
    let address = proxy.url().replace("http://", "");
    let mut stream = std::net::TcpStream::connect(address).expect("the proxy accepts connections");
    let request = "GET http://portal.example/device HTTP/1.1\r\nHost: portal.example\r\n\
        Connection: close\r\n\r\n";
    stream
        .write_all(request.as_bytes())
        .expect("the connection is open");
    let mut response = String::new();
    stream
        .read_to_string(&mut response)
        .expect("the response is text");
    assert!(response.starts_with("HTTP/1.1 200"), "{response}");
    assert_eq!(proxy.targets(), ["portal.example:80"]);
}
