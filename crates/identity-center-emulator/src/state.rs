use std::collections::HashMap;
use std::time::Duration;

use crate::caller::Caller;
use crate::clock::Clock;
use crate::fault::Faults;
use crate::grant_type::{AUTHORIZATION_CODE, REFRESH_TOKEN};
use crate::recorded_request::RecordedRequest;
use crate::secrets;
use crate::settings::{RefreshTokens, Settings};

#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) url: String,
    pub(crate) settings: Settings,
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) requests: Vec<RecordedRequest>,
    pub(crate) portal_requests: Vec<Duration>,
    pub(crate) issued_secrets: Vec<String>,
    pub(crate) clients: HashMap<String, Client>,
    pub(crate) devices: HashMap<String, DeviceAuthorization>,
    pub(crate) consents: HashMap<String, ConsentRequest>,
    pub(crate) codes: HashMap<String, AuthorizationCode>,
    pub(crate) access_tokens: HashMap<String, AccessToken>,
    pub(crate) refresh_tokens: HashMap<String, RefreshToken>,
    pub(crate) sessions: Vec<Session>,
    pub(crate) access_keys: HashMap<String, AccessKey>,
    pub(crate) used_mfa_codes: Vec<String>,
    /// Sign-in tokens for the console, with their expiry.
    pub(crate) signin_tokens: HashMap<String, Duration>,
}

/// Registered client. In this crate, points in time are durations since 1970.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) name: String,
    pub(crate) secret: String,
    pub(crate) expires_at: Duration,
    pub(crate) scopes: Vec<String>,
    /// `None` if the client registered without grant types: it may use the device grant and
    /// refresh.
    pub(crate) grant_types: Option<Vec<String>>,
    pub(crate) redirect_uris: Vec<String>,
}

impl Client {
    pub(crate) fn may_use(&self, grant_type: &str) -> bool {
        match &self.grant_types {
            Some(grant_types) => grant_types.iter().any(|name| name == grant_type),
            None => grant_type != AUTHORIZATION_CODE,
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct DeviceAuthorization {
    pub(crate) client_id: String,
    pub(crate) user_code: String,
    pub(crate) expires_at: Duration,
    pub(crate) interval: Duration,
    pub(crate) last_poll_at: Option<Duration>,
    pub(crate) decision: Option<Decision>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    Approved(SessionId),
    Denied,
}

#[derive(Clone, Debug)]
pub(crate) enum ConsentRequest {
    Device { device_code: String },
    Authorize(Authorization),
}

/// Parameters of an authorize request.
#[derive(Clone, Debug)]
pub(crate) struct Authorization {
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) state: String,
    pub(crate) code_challenge: String,
    pub(crate) scopes: Vec<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct AuthorizationCode {
    pub(crate) authorization: Authorization,
    pub(crate) session: SessionId,
    pub(crate) expires_at: Duration,
}

#[derive(Clone, Debug)]
pub(crate) struct AccessToken {
    pub(crate) session: SessionId,
    pub(crate) scopes: Vec<String>,
    pub(crate) expires_at: Duration,
}

#[derive(Clone, Debug)]
pub(crate) struct RefreshToken {
    pub(crate) client_id: String,
    pub(crate) session: SessionId,
    pub(crate) scopes: Vec<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct AccessKey {
    pub(crate) secret: String,
    pub(crate) token: Option<String>,
    pub(crate) expires_at: Option<Duration>,
    pub(crate) caller: Caller,
    /// Set if the console session may have a duration.
    pub(crate) accepts_console_duration: bool,
}

impl AccessKey {
    /// Returns the key of an IAM user.
    pub(crate) fn permanent(secret: &str) -> Self {
        Self {
            secret: secret.to_owned(),
            token: None,
            expires_at: None,
            caller: Caller::user(),
            accepts_console_duration: false,
        }
    }
}

/// Index in [`State::sessions`].
pub(crate) type SessionId = usize;

/// Access portal session, from the first sign-in to the sign-out or the time limit.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    ends_at: Duration,
    signed_out: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct NewTokens {
    pub(crate) access_token: String,
    pub(crate) expires_at: Duration,
    pub(crate) refresh_token: Option<String>,
}

impl State {
    pub(crate) fn now(&self) -> Duration {
        self.clock.now()
    }

    /// Records a secret for `Emulator::issued_secrets` and returns it.
    pub(crate) fn record_secret(&mut self, secret: String) -> String {
        self.issued_secrets.push(secret.clone());
        secret
    }

    /// Joins the active portal session, or starts one.
    pub(crate) fn sign_in(&mut self) -> SessionId {
        if let Some(last) = self.sessions.len().checked_sub(1)
            && self.is_running(last)
        {
            return last;
        }
        self.sessions.push(Session {
            ends_at: self.now() + self.settings.session_lifetime,
            signed_out: false,
        });
        self.sessions.len() - 1
    }

    pub(crate) fn is_running(&self, session: SessionId) -> bool {
        let session = &self.sessions[session];
        !session.signed_out && session.ends_at > self.now()
    }

    pub(crate) fn sign_out(&mut self, session: SessionId) {
        self.sessions[session].signed_out = true;
    }

    pub(crate) fn end_sessions(&mut self) {
        for session in &mut self.sessions {
            session.signed_out = true;
        }
    }

    pub(crate) fn register(&mut self, client: Client) -> (String, Client) {
        let client_id = secrets::client_id();
        self.record_secret(client.secret.clone());
        self.clients.insert(client_id.clone(), client.clone());
        (client_id, client)
    }

    /// Issues the tokens of a sign-in. Without scopes, no refresh token is issued.
    pub(crate) fn issue_tokens(
        &mut self,
        client_id: &str,
        session: SessionId,
        scopes: &[String],
    ) -> NewTokens {
        let refreshable = !scopes.is_empty()
            && self.settings.refresh_tokens != RefreshTokens::Never
            && self.clients[client_id].may_use(REFRESH_TOKEN);
        let refresh = RefreshToken {
            client_id: client_id.to_owned(),
            session,
            scopes: scopes.to_vec(),
        };
        NewTokens {
            refresh_token: refreshable.then(|| self.issue_refresh_token(refresh)),
            ..self.issue_access_token(session, scopes)
        }
    }

    pub(crate) fn issue_access_token(
        &mut self,
        session: SessionId,
        scopes: &[String],
    ) -> NewTokens {
        let lifetime = match scopes {
            [] => self.settings.legacy_token_lifetime,
            _ => self.settings.access_token_lifetime,
        };
        let expires_at = (self.now() + lifetime).min(self.sessions[session].ends_at);
        let access_token = self.record_secret(secrets::access_token());
        let access = AccessToken {
            session,
            scopes: scopes.to_vec(),
            expires_at,
        };
        self.access_tokens.insert(access_token.clone(), access);
        NewTokens {
            access_token,
            expires_at,
            refresh_token: None,
        }
    }

    pub(crate) fn issue_refresh_token(&mut self, refresh: RefreshToken) -> String {
        let refresh_token = self.record_secret(secrets::refresh_token());
        self.refresh_tokens.insert(refresh_token.clone(), refresh);
        refresh_token
    }
}
