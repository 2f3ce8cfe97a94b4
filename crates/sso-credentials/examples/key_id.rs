//! Says which key a profile has at the moment, renewing what has to be renewed: `key_id [PROFILE]`.

#![expect(clippy::print_stdout, reason = "it is what the example is for")]

use std::error::Error;
use std::time::Duration;

use sso_credentials::{
    AwsEnv, ConfigFiles, Connection, RoleCredentialsProvider, ServiceClients, SsoProfile,
    SystemClock,
};

const VALID_FOR: Duration = Duration::from_secs(15 * 60);

fn main() -> Result<(), Box<dyn Error>> {
    let env = AwsEnv::of_process();
    let name = std::env::args().nth(1);
    let name = name.map_or_else(|| env.profile(), Into::into);
    let files = ConfigFiles::load(&env)?;
    let profile = SsoProfile::load(&files, &name)?;
    let connection = Connection {
        ca_bundle: None,
        connect_timeout: Duration::from_secs(10),
        read_timeout: Duration::from_secs(30),
        user_agent: "key-id/1.0".to_owned(),
    };
    let clients = ServiceClients::new(&env, &files, &name, &connection, &SystemClock)?;
    let (cache, role) = (env.token_cache()?, profile.into_role(&files)?);
    let provider = RoleCredentialsProvider {
        role: &role,
        cache: &cache,
        clients: &clients,
        clock: &SystemClock,
    };
    match provider.credentials(VALID_FOR) {
        Ok(credentials) => println!("{}", credentials.access_key_id),
        Err(error) if error.is_sign_in_required() => println!("sign in first: {error}"),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
