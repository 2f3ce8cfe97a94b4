//! AWS Security Token Service (STS) with the operations `AssumeRole` and `GetCallerIdentity`.

mod signature;

use std::collections::HashMap;
use std::time::Duration;

use time::OffsetDateTime;
use wiremock::Request;

use crate::caller::Caller;
use crate::response::Response;
use crate::secrets;
use crate::service_error::StsError;
use crate::settings::AssumableRole;
use crate::sign_in::rfc3339;
use crate::state::{AccessKey, State};

/// Maximum session duration in a role chain, even if the role allows more.
const MAX_CHAINED_DURATION: Duration = Duration::from_secs(3600);
const DEFAULT_DURATION_SECONDS: u64 = 3600;

type Form = HashMap<String, String>;

impl State {
    pub(crate) fn assume_role(&mut self, request: &Request) -> Response {
        let assumed = self.signer(request).and_then(|signer| {
            let form = form_urlencoded::parse(&request.body).into_owned().collect();
            self.assumed_role(&form, &signer)
        });
        assumed.unwrap_or_else(Response::from)
    }

    pub(crate) fn get_caller_identity(&mut self, request: &Request) -> Response {
        let identity = self.signer(request).and_then(|signer| {
            let form = form_urlencoded::parse(&request.body).into_owned().collect();
            check_action(&form, "GetCallerIdentity")?;
            Ok(caller_identity(&signer.key.caller, &signer.region))
        });
        identity.unwrap_or_else(Response::from)
    }

    fn signer(&self, request: &Request) -> Result<Signer, StsError> {
        let signed = signature::read(request)?;
        let mut configured = self.settings.access_keys.iter();
        let configured = configured.find(|(id, _)| *id == signed.access_key_id);
        let configured = configured.map(|(_, secret)| AccessKey::permanent(secret));
        let issued = self.access_keys.get(&signed.access_key_id).cloned();
        let key = configured.or(issued).ok_or_else(|| {
            let message = "The security token included in the request is invalid.";
            StsError::new("InvalidClientTokenId", message)
        })?;
        signed.check(request, &key)?;
        if key.expires_at.is_some_and(|at| at <= self.now()) {
            let message = "The security token included in the request is expired";
            return Err(StsError::new("ExpiredToken", message));
        }
        let region = signed.region().to_owned();
        Ok(Signer { key, region })
    }

    fn assumed_role(&mut self, form: &Form, signer: &Signer) -> Result<Response, StsError> {
        let request = AssumeRoleRequest::parse(form)?;
        let mut roles = self.settings.assumable_roles.iter();
        let role = roles.find(|role| role.arn == request.role_arn).cloned();
        let role = role.ok_or_else(not_authorized)?;
        if role.external_id.is_some() && role.external_id.as_deref() != request.external_id {
            return Err(not_authorized());
        }
        self.check_mfa_code(&role, &request)?;
        check_duration(&role, &request, &signer.key)?;
        Ok(self.issue_role_credentials(&request, signer))
    }

    /// Accepts each MFA code once.
    fn check_mfa_code(
        &mut self,
        role: &AssumableRole,
        request: &AssumeRoleRequest<'_>,
    ) -> Result<(), StsError> {
        match (&role.mfa_serial, request.mfa) {
            (None, None) => Ok(()),
            (Some(required), Some((serial, code))) if required == serial => {
                let is_correct = code == self.settings.mfa_code;
                if !is_correct || self.used_mfa_codes.iter().any(|used| used == code) {
                    let message =
                        "MultiFactorAuthentication failed with invalid MFA one time pass code. ";
                    return Err(StsError::new("AccessDenied", message));
                }
                self.used_mfa_codes.push(code.to_owned());
                Ok(())
            }
            (None, Some((_, code))) if code == self.settings.mfa_code => Ok(()),
            _ => Err(not_authorized()),
        }
    }

    fn issue_role_credentials(
        &mut self,
        request: &AssumeRoleRequest<'_>,
        signer: &Signer,
    ) -> Response {
        let expires_at = self.now() + request.duration;
        let id = secrets::access_key_id();
        let key = AccessKey {
            secret: self.record_secret(secrets::secret_access_key()),
            token: Some(self.record_secret(secrets::session_token())),
            expires_at: Some(expires_at),
            caller: Caller::role_session(request.role_arn, request.session_name),
            accepts_console_duration: signer.key.token.is_none(),
        };
        let response = Response::xml(
            200,
            &format!(
                "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
                 <AssumeRoleResult><AssumedRoleUser>\
                 <AssumedRoleId>{role_id}</AssumedRoleId><Arn>{arn}</Arn>\
                 </AssumedRoleUser><Credentials><AccessKeyId>{id}</AccessKeyId>\
                 <SecretAccessKey>{secret}</SecretAccessKey><SessionToken>{token}</SessionToken>\
                 <Expiration>{expiration}</Expiration></Credentials></AssumeRoleResult>\
                 <ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>\
                 </AssumeRoleResponse>",
                role_id = key.caller.user_id,
                arn = key.caller.arn(&signer.region),
                secret = key.secret,
                token = key.token.as_deref().unwrap_or_default(),
                expiration = rfc3339(OffsetDateTime::UNIX_EPOCH + expires_at),
                request_id = secrets::random_hex(),
            ),
        );
        self.access_keys.insert(id, key);
        response
    }
}

/// Access key that a request is signed with, and the Region of the signature.
struct Signer {
    key: AccessKey,
    region: String,
}

fn caller_identity(caller: &Caller, region: &str) -> Response {
    let body = format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
         <GetCallerIdentityResult><Arn>{arn}</Arn><UserId>{user_id}</UserId>\
         <Account>{account}</Account></GetCallerIdentityResult>\
         <ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>\
         </GetCallerIdentityResponse>",
        arn = caller.arn(region),
        user_id = caller.user_id,
        account = caller.account,
        request_id = secrets::random_hex(),
    );
    Response::xml(200, &body)
}

fn check_action(form: &Form, action: &str) -> Result<(), StsError> {
    let get = |name| form.get(name).map(String::as_str);
    if get("Action") == Some(action) && get("Version") == Some("2011-06-15") {
        return Ok(());
    }
    Err(StsError::new("InvalidAction", "Could not find operation"))
}

struct AssumeRoleRequest<'a> {
    role_arn: &'a str,
    session_name: &'a str,
    external_id: Option<&'a str>,
    /// Serial number and code of the MFA device.
    mfa: Option<(&'a str, &'a str)>,
    duration: Duration,
}

impl<'a> AssumeRoleRequest<'a> {
    /// Checks the constraints of the service model.
    fn parse(form: &'a Form) -> Result<Self, StsError> {
        let get = |name| form.get(name).map(String::as_str);
        check_action(form, "AssumeRole")?;
        let name = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
        let role_arn = required(form, "RoleArn")?;
        check_constraint("roleArn", role_arn, 20..=2048, |c| !c.is_control())?;
        let session_name = required(form, "RoleSessionName")?;
        check_constraint("roleSessionName", session_name, 2..=64, name)?;
        let external_id = get("ExternalId");
        if let Some(id) = external_id {
            check_constraint("externalId", id, 2..=1224, |c| name(c) || ":/".contains(c))?;
        }
        let mfa = get("SerialNumber").zip(get("TokenCode"));
        if let Some((serial, code)) = mfa {
            check_constraint("serialNumber", serial, 9..=256, |c| {
                name(c) || ":/".contains(c)
            })?;
            check_constraint("tokenCode", code, 6..=6, |c| c.is_ascii_digit())?;
        }
        Ok(Self {
            role_arn,
            session_name,
            external_id,
            mfa,
            duration: parse_duration(get("DurationSeconds"))?,
        })
    }
}

fn required<'a>(form: &'a Form, name: &str) -> Result<&'a str, StsError> {
    let found = form.get(name).filter(|text| !text.is_empty());
    found
        .map(String::as_str)
        .ok_or_else(|| invalid(&format!("{name} is missing")))
}

fn check_constraint(
    field: &str,
    text: &str,
    lengths: std::ops::RangeInclusive<usize>,
    is_allowed: impl Fn(char) -> bool,
) -> Result<(), StsError> {
    if lengths.contains(&text.len()) && text.chars().all(is_allowed) {
        return Ok(());
    }
    Err(invalid(&format!(
        "1 validation error detected: Value at '{field}' failed to satisfy constraint"
    )))
}

fn parse_duration(text: Option<&str>) -> Result<Duration, StsError> {
    let seconds = text.map_or(Ok(DEFAULT_DURATION_SECONDS), str::parse);
    match seconds {
        Ok(seconds) if (900..=43_200).contains(&seconds) => Ok(Duration::from_secs(seconds)),
        _ => Err(invalid(
            "Value at 'durationSeconds' failed to satisfy constraint",
        )),
    }
}

fn check_duration(
    role: &AssumableRole,
    request: &AssumeRoleRequest<'_>,
    caller: &AccessKey,
) -> Result<(), StsError> {
    if caller.token.is_some() && request.duration > MAX_CHAINED_DURATION {
        return Err(invalid(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
        ));
    }
    if request.duration > role.max_session_duration {
        return Err(invalid(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ));
    }
    Ok(())
}

fn invalid(message: &str) -> StsError {
    StsError::new("ValidationError", message)
}

fn not_authorized() -> StsError {
    let message = "User is not authorized to perform: sts:AssumeRole on this resource";
    StsError::new("AccessDenied", message)
}
