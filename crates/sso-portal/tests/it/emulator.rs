//! Tests with the real transport and the emulator, which validates requests strictly.

use identity_center_emulator::settings::Account;
use identity_center_emulator::{Emulator, Fault, Operation};
use sso_portal::PortalClient;
use sso_transport::{HttpSettings, HttpTransport, RetryPolicy};
use sso_types::AccessToken;

fn client_of(server: &Emulator) -> PortalClient<HttpTransport> {
    let transport = HttpTransport::new(HttpSettings::default());
    let retry = RetryPolicy::default().with_pause(|_| ());
    PortalClient::new(transport, server.url().parse().unwrap(), retry)
}

fn sign_in(server: &Emulator) -> AccessToken {
    server.sign_in(&["sso:account:access"]).access_token.into()
}

#[test]
fn a_token_gets_credentials_of_assigned_roles_until_it_is_revoked() {
    let server = Emulator::start();
    server.configure(|settings| {
        settings.accounts = vec![Account::new(
            "000000000001",
            "A",
            "a@a.example",
            &["x=1,y+2"],
        )];
    });
    let (client, token) = (client_of(&server), sign_in(&server));
    let get =
        |role: &str| client.get_role_credentials(&token, &"000000000001".into(), &role.into());

    let credentials = get("x=1,y+2").unwrap();
    assert!(credentials.expires_at > credentials.responded_at.unwrap());
    assert!(get("z").unwrap_err().is_forbidden());
    server.fail_next(
        Operation::GetRoleCredentials,
        Fault::portal("InternalFailure"),
    );
    get("x=1,y+2").unwrap();

    client.logout(&token).unwrap();
    assert!(get("x=1,y+2").unwrap_err().is_unauthorized());
}

#[test]
fn a_long_list_is_complete_despite_throttling_and_empty_pages() {
    let server = Emulator::start();
    let accounts = Account::generated(250);
    server.configure(|settings| {
        settings.accounts.clone_from(&accounts);
        settings.empty_pages = true;
    });
    let (client, token) = (client_of(&server), sign_in(&server));
    server.fail_next(Operation::ListAccounts, Fault::Throttle(None));
    let listed: Vec<_> = client
        .list_accounts(&token)
        .map(|account| account.unwrap().account_id.to_string())
        .collect();
    let expected: Vec<_> = accounts.iter().map(|account| account.id.clone()).collect();
    assert_eq!(listed, expected);

    let roles: Vec<_> = client
        .list_account_roles(&token, &expected[0].as_str().into())
        .map(|role| role.unwrap().role_name.to_string())
        .collect();
    assert_eq!(roles, accounts[0].roles);
}
