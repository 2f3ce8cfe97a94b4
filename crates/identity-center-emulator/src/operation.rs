//! Operations of the services.

use wiremock::Request;

/// Operation of a service, or a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// `POST /client/register`
    RegisterClient,
    /// `POST /device_authorization`
    StartDeviceAuthorization,
    /// `POST /token`
    CreateToken,
    /// `GET /federation/credentials`
    GetRoleCredentials,
    /// `GET /assignment/accounts`
    ListAccounts,
    /// `GET /assignment/roles`
    ListAccountRoles,
    /// `POST /logout`
    Logout,
    /// `POST /` of STS, with any action but `GetCallerIdentity`
    AssumeRole,
    /// `POST /` of STS, with the action `GetCallerIdentity`
    GetCallerIdentity,
    /// `/federation` with a request for a sign-in token, by `POST`; refused by any other method
    GetSigninToken,
    /// `GET /federation` with a sign-in token, which a browser opens
    ConsoleSignIn,
    /// `GET /oauth`, which signs out of the console and which a browser opens
    ConsoleSignOut,
    /// `GET /authorize`, which a browser opens
    Authorize,
    /// Any other page for a browser, such as the device page or the consent form
    Page,
    /// Any other path
    Unknown,
}

impl Operation {
    /// Operations of the services' APIs, without the pages.
    pub const API: [Self; 10] = [
        Self::RegisterClient,
        Self::StartDeviceAuthorization,
        Self::CreateToken,
        Self::GetRoleCredentials,
        Self::ListAccounts,
        Self::ListAccountRoles,
        Self::Logout,
        Self::AssumeRole,
        Self::GetCallerIdentity,
        Self::GetSigninToken,
    ];

    pub(crate) fn of(request: &Request) -> Self {
        match (request.method.as_str(), request.url.path()) {
            ("POST", "/client/register") => Self::RegisterClient,
            ("POST", "/device_authorization") => Self::StartDeviceAuthorization,
            ("POST", "/token") => Self::CreateToken,
            ("GET", "/federation/credentials") => Self::GetRoleCredentials,
            ("GET", "/assignment/accounts") => Self::ListAccounts,
            ("GET", "/assignment/roles") => Self::ListAccountRoles,
            ("POST", "/logout") => Self::Logout,
            ("POST", "/") => Self::of_sts(request),
            ("GET", "/authorize") => Self::Authorize,
            ("GET", "/federation") if is_sign_in(request) => Self::ConsoleSignIn,
            (_, "/federation") => Self::GetSigninToken,
            ("GET", "/oauth") => Self::ConsoleSignOut,
            ("GET" | "HEAD", "/" | "/start" | "/start/" | "/device") | ("POST", "/consent") => {
                Self::Page
            }
            _ => Self::Unknown,
        }
    }

    fn of_sts(request: &Request) -> Self {
        let mut parameters = form_urlencoded::parse(&request.body);
        match parameters.find(|(name, _)| name == "Action") {
            Some((_, action)) if action == "GetCallerIdentity" => Self::GetCallerIdentity,
            _ => Self::AssumeRole,
        }
    }

    pub(crate) fn is_portal(self) -> bool {
        matches!(
            self,
            Self::GetRoleCredentials | Self::ListAccounts | Self::ListAccountRoles | Self::Logout
        )
    }
}

fn is_sign_in(request: &Request) -> bool {
    let mut query = request.url.query_pairs();
    query.any(|(name, value)| name == "Action" && value == "login")
}
