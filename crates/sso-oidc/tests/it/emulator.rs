//! Tests with the real transport and the emulator, which validates requests strictly.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use identity_center_emulator::settings::Consent;
use identity_center_emulator::{Emulator, Fault, Operation};
use sso_oidc::{
    Grant, IssuedToken, OidcClient, OidcError, Pkce, Poll, RegisterClient, RegistrationGrant,
    State, client_name,
};
use sso_test_support::Browser;
use sso_transport::{HttpSettings, HttpTransport, RetryPolicy};
use sso_types::{ClientId, ClientSecret, RefreshToken};

const START_URL: &str = "https://my-sso.awsapps.com/start";

fn client_of(server: &Emulator) -> OidcClient<HttpTransport> {
    let transport = HttpTransport::new(HttpSettings::default());
    let retry = RetryPolicy::default().with_pause(|_| ());
    OidcClient::new(transport, server.url().parse().unwrap(), retry)
}

#[test]
fn an_approved_device_code_gets_a_token() {
    let server = Emulator::start();
    server.set_consent(Consent::Ask);
    let client = client_of(&server);
    let tool = RegisterClient::for_device_code(&client_name("tool", "1"));
    let registration = client.register_client(&tool).unwrap();
    let (id, secret) = (&registration.client_id, &registration.client_secret);
    let device = client
        .start_device_authorization(id, secret, &START_URL.into())
        .unwrap();
    let grant = Grant::DeviceCode(device.device_code);

    let pending = client.create_token(id, secret, &grant);
    let Poll::Wait { interval, .. } = Poll::after(pending, device.interval) else {
        panic!("the poll did not wait for the approval");
    };
    let too_early = client.create_token(id, secret, &grant);
    let Poll::Wait {
        interval: slower, ..
    } = Poll::after(too_early, interval)
    else {
        panic!("the poll did not wait for the approval");
    };
    assert_eq!(slower, interval + Duration::from_secs(5));
    for fault in [Fault::CaptivePortal, Fault::oidc("server_error")] {
        server.fail_next(Operation::CreateToken, fault);
        let response = client.create_token(id, secret, &grant);
        assert!(matches!(Poll::after(response, interval), Poll::Wait { .. }));
    }

    let _ = Browser::new().approve(&device.verification_uri_complete);
    server.advance(slower);
    let response = client.create_token(id, secret, &grant);
    assert!(matches!(Poll::after(response, slower), Poll::Done(_)));
}

/// Signs in with the browser and an authorization code. Checks that the code is valid only once.
fn sign_in(server: &Emulator) -> (ClientId, ClientSecret, IssuedToken) {
    server.set_consent(Consent::Approve);
    let client = client_of(server);
    let scopes = vec!["sso:account:access".into()];
    let tool = RegisterClient {
        client_name: "tool".to_owned(),
        scopes: scopes.clone(),
        grant: RegistrationGrant::AuthorizationCode {
            redirect_uri: "http://127.0.0.1/oauth/callback".to_owned(),
            issuer_url: START_URL.into(),
        },
    };
    let registration = client.register_client(&tool).unwrap();
    let (id, secret) = (registration.client_id, registration.client_secret);
    let redirect_uri = format!("http://127.0.0.1:{}/oauth/callback", callback_port());
    let (state, pkce) = (State::generate().unwrap(), Pkce::generate().unwrap());
    let page = client
        .authorize_url(&id, &redirect_uri, &scopes, &state, &pkce)
        .unwrap();
    let visit = Browser::new().visit(&page);
    assert!(state.matches(&visit.query("state").unwrap()));
    let grant = Grant::AuthorizationCode {
        code: visit.query("code").unwrap().into(),
        redirect_uri,
        verifier: pkce.verifier,
    };
    let token = client.create_token(&id, &secret, &grant).unwrap();
    let again = client.create_token(&id, &secret, &grant);
    assert!(
        matches!(again, Err(OidcError::InvalidGrant(_))),
        "{again:?}"
    );
    (id, secret, token)
}

fn callback_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        let mut head = BufReader::new(&stream);
        while !request.ends_with(b"\r\n\r\n") {
            head.read_until(b'\n', &mut request).unwrap();
        }
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            .unwrap();
    });
    port
}

#[test]
fn an_authorization_code_gets_a_token_only_once() {
    let (_, _, token) = sign_in(&Emulator::start());
    assert!(token.refresh_token.is_some());
    assert!(token.expires_in > Duration::from_secs(60));
}

#[test]
fn a_refresh_token_gets_a_token_only_once() {
    let server = Emulator::start();
    let (id, secret, token) = sign_in(&server);
    let client = client_of(&server);
    let refresh = |token: &RefreshToken| {
        client.create_token(&id, &secret, &Grant::RefreshToken(token.clone()))
    };
    let first = token.refresh_token.unwrap();
    server.fail_next(Operation::CreateToken, Fault::Throttle(None));
    let next = refresh(&first).unwrap();
    assert_ne!(next.access_token, token.access_token);
    let again = refresh(&first);
    assert!(
        matches!(again, Err(OidcError::InvalidGrant(_))),
        "{again:?}"
    );
    refresh(&next.refresh_token.unwrap()).unwrap();
}

#[test]
fn an_unknown_registration_is_rejected() {
    let server = Emulator::start();
    let client = client_of(&server);
    let (id, secret) = ("unknown".into(), "unknown".into());
    let outcome = client.start_device_authorization(&id, &secret, &START_URL.into());
    assert!(
        matches!(outcome, Err(OidcError::InvalidClient(_))),
        "{outcome:?}"
    );
}
