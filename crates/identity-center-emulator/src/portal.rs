use std::collections::HashMap;
use std::time::Duration;

use serde_json::{Map, Value, json};
use wiremock::Request;

use crate::caller::Caller;
use crate::response::Response;
use crate::secrets;
use crate::service_error::ServiceError;
use crate::settings::Account;
use crate::state::{AccessKey, AccessToken, State};

const BEARER_TOKEN: &str = "x-amz-sso_bearer_token";
const ACCOUNT_ACCESS: &str = "sso:account:access";
const MAX_PAGE_SIZE: usize = 100;

type Query = HashMap<String, String>;

impl State {
    pub(crate) fn get_role_credentials(
        &mut self,
        request: &Request,
    ) -> Result<Response, ServiceError> {
        self.authorize_account_access(request)?;
        let query = query_of(request);
        let account_id = account_id(&query)?;
        let role_name = required(&query, "role_name")?;
        let account = self.account(account_id)?;
        if !account.roles.iter().any(|role| role == role_name) {
            return Err(no_access());
        }
        let caller = Caller::permission_set(account_id, role_name);
        Ok(self.role_credentials(caller))
    }

    fn role_credentials(&mut self, caller: Caller) -> Response {
        let expiration = self.now() + self.settings.role_credentials_lifetime;
        let id = secrets::access_key_id();
        let secret = self.record_secret(secrets::secret_access_key());
        let token = self.record_secret(secrets::session_token());
        let response = Response::json(&json!({ "roleCredentials": {
            "accessKeyId": id,
            "secretAccessKey": secret,
            "sessionToken": token,
            "expiration": u64::try_from(expiration.as_millis()).unwrap_or(u64::MAX),
        }}));
        let key = AccessKey {
            secret,
            token: Some(token),
            expires_at: Some(expiration),
            caller,
            accepts_console_duration: false,
        };
        self.access_keys.insert(id, key);
        response
    }

    /// Sends `"nextToken": null` with the last page, like the real service.
    pub(crate) fn list_accounts(&mut self, request: &Request) -> Result<Response, ServiceError> {
        self.authorize_account_access(request)?;
        let accounts: Vec<Value> = self.settings.accounts.iter().map(account_json).collect();
        let page = self.page(&query_of(request), &accounts)?;
        Ok(Response::json(&json!({
            "accountList": page.entries,
            "nextToken": page.next_token,
        })))
    }

    /// Omits `nextToken` on the last page, like the real service.
    pub(crate) fn list_account_roles(
        &mut self,
        request: &Request,
    ) -> Result<Response, ServiceError> {
        self.authorize_account_access(request)?;
        let query = query_of(request);
        let account = self.account(account_id(&query)?)?;
        let role = |name: &String| json!({ "roleName": name, "accountId": account.id });
        let roles: Vec<Value> = account.roles.iter().map(role).collect();
        let page = self.page(&query, &roles)?;
        let mut body = json!({ "roleList": page.entries });
        if let Some(next_token) = page.next_token {
            body["nextToken"] = json!(next_token);
        }
        Ok(Response::json(&body))
    }

    pub(crate) fn logout(&mut self, request: &Request) -> Result<Response, ServiceError> {
        let session = self.bearer(request)?.session;
        self.sign_out(session);
        Ok(Response::empty())
    }

    pub(crate) fn throttle(&mut self) -> Result<(), ServiceError> {
        let Some(limit) = self.settings.requests_per_second else {
            return Ok(());
        };
        let now = self.now();
        self.portal_requests
            .retain(|&at| now < at + Duration::from_secs(1));
        if self.portal_requests.len() >= limit {
            return Err(ServiceError::portal(
                "TooManyRequestsException",
                "HTTP 429 Unknown Code",
            ));
        }
        self.portal_requests.push(now);
        Ok(())
    }

    fn bearer(&self, request: &Request) -> Result<AccessToken, ServiceError> {
        let header = request.headers.get(BEARER_TOKEN);
        let token = header.and_then(|value| value.to_str().ok()).unwrap_or("");
        match self.access_tokens.get(token) {
            Some(access) if self.is_valid(access) => Ok(access.clone()),
            _ => Err(unauthorized()),
        }
    }

    fn is_valid(&self, access: &AccessToken) -> bool {
        access.expires_at > self.now() && self.is_running(access.session)
    }

    /// Requires a token with the scope for account access, or without scopes.
    fn authorize_account_access(&self, request: &Request) -> Result<(), ServiceError> {
        let scopes = self.bearer(request)?.scopes;
        if scopes.is_empty() || scopes.iter().any(|scope| scope == ACCOUNT_ACCESS) {
            Ok(())
        } else {
            Err(unauthorized())
        }
    }

    fn account(&self, id: &str) -> Result<&Account, ServiceError> {
        let mut accounts = self.settings.accounts.iter();
        let account = accounts.find(|account| account.id == id);
        let account = account.ok_or_else(no_access)?;
        match &account.refusal {
            Some(exception) => Err(ServiceError::portal(exception, "No access")),
            None => Ok(account),
        }
    }

    fn page(&self, query: &Query, entries: &[Value]) -> Result<Page, ServiceError> {
        let size = max_result(query)?.min(self.settings.page_size.max(1));
        let (start, after_empty) = position(query, entries.len())?;
        if self.settings.empty_pages && !after_empty {
            return Ok(Page::empty(start));
        }
        let end = entries.len().min(start + size);
        Ok(Page {
            entries: entries[start..end].to_vec(),
            next_token: (end < entries.len()).then(|| next_token(end, false)),
        })
    }
}

struct Page {
    entries: Vec<Value>,
    next_token: Option<String>,
}

impl Page {
    fn empty(start: usize) -> Self {
        Self {
            entries: Vec::new(),
            next_token: Some(next_token(start, true)),
        }
    }
}

/// Encodes the index of the next entry, and a flag that the empty page before it was sent.
fn next_token(start: usize, after_empty: bool) -> String {
    format!("page+{start}/{}=", u8::from(after_empty))
}

fn position(query: &Query, length: usize) -> Result<(usize, bool), ServiceError> {
    let Some(token) = query.get("next_token") else {
        return Ok((0, false));
    };
    let parts = token
        .strip_prefix("page+")
        .and_then(|rest| rest.strip_suffix('='));
    let position = parts.and_then(|parts| parts.split_once('/'));
    match position.and_then(|(start, empty)| Some((start.parse().ok()?, empty == "1"))) {
        Some((start, after_empty)) if start <= length => Ok((start, after_empty)),
        _ => Err(invalid_request("next_token is not valid")),
    }
}

fn max_result(query: &Query) -> Result<usize, ServiceError> {
    let Some(text) = query.get("max_result") else {
        return Ok(MAX_PAGE_SIZE);
    };
    match text.parse() {
        Ok(count) if (1..=MAX_PAGE_SIZE).contains(&count) => Ok(count),
        _ => Err(invalid_request("max_result is not between 1 and 100")),
    }
}

fn account_id(query: &Query) -> Result<&str, ServiceError> {
    let id = required(query, "account_id")?;
    if id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(id)
    } else {
        Err(invalid_request("account_id is not twelve digits"))
    }
}

fn required<'a>(query: &'a Query, name: &str) -> Result<&'a str, ServiceError> {
    match query.get(name).map(String::as_str) {
        None | Some("") => Err(invalid_request(&format!("{name} is missing"))),
        Some(text) => Ok(text),
    }
}

fn query_of(request: &Request) -> Query {
    request.url.query_pairs().into_owned().collect()
}

fn account_json(account: &Account) -> Value {
    let mut fields = Map::new();
    fields.insert("accountId".to_owned(), json!(account.id));
    for (field, text) in [
        ("accountName", &account.name),
        ("emailAddress", &account.email),
    ] {
        if let Some(text) = text {
            fields.insert(field.to_owned(), json!(text));
        }
    }
    Value::Object(fields)
}

fn invalid_request(message: &str) -> ServiceError {
    ServiceError::portal("InvalidRequestException", message)
}

fn unauthorized() -> ServiceError {
    ServiceError::portal(
        "UnauthorizedException",
        "Session token not found or invalid",
    )
}

fn no_access() -> ServiceError {
    ServiceError::portal("ForbiddenException", "No access")
}
