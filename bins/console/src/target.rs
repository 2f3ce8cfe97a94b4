//! Profile, role, Region and page to open.

use anyhow::anyhow;
use aws_console::{Destination, DestinationError, Partition, Scope, Service};
use cli_ux::{Failure, FailureKind};
use sso_config::chain::AssumedRole;
use sso_config::network::{configured_region, region_setting};
use sso_config::{ConfigFiles, Error as ConfigError, SsoChain, SsoRole, SsoSession};
use sso_credentials::aws::{Profile, Selection};
use sso_credentials::{Aws, Error};
use sso_types::{ProfileName, Region};

use crate::args::Args;

pub(crate) struct Target<'a> {
    pub(crate) name: ProfileName,
    pub(crate) profile: Profile<'a>,
    /// Way to IAM Identity Center, also through `export-credentials` in a `credential_process`.
    chain: Option<SsoChain>,
    /// Region to open; `None` if none is configured, or the page does not depend on it.
    pub(crate) region: Option<Region>,
    pub(crate) partition: &'static Partition,
    /// `None` for the page that the access portal opens by default.
    pub(crate) destination: Option<Destination>,
}

impl<'a> Target<'a> {
    pub(crate) fn find(args: &Args, aws: &'a Aws, selection: &Selection) -> Result<Self, Failure> {
        let profile = aws.profile(selection);
        let profile = profile.map_err(|error| not_selected(error, aws.files()))?;
        let name = aws.profile_in_effect(selection)?;
        let chain = SsoChain::of_credentials(aws.env(), aws.files(), &name).ok();
        let region = match &args.region {
            Some(region) => Some(region.clone()),
            None if needs_region(args) => configured_region(aws.env(), aws.files(), &name)?,
            None => None,
        };
        let partition = partition(&profile, chain.as_ref(), region.as_ref());
        // A destination is a complete URL. The Region is then only that of the federation endpoint.
        let is_used =
            |region: &Region| args.destination.is_none() || Partition::of(region) == partition;
        let region = region.filter(is_used);
        let mut target = Self {
            partition,
            name,
            profile,
            chain,
            region,
            destination: None,
        };
        target.check_region(args, aws)?;
        target.destination = target.destination(args)?;
        Ok(target)
    }

    /// Returns the role that the access portal opens: the last step of the profile, if that is a role in
    /// IAM Identity Center.
    pub(crate) fn sso_role(&self) -> Option<SsoRole> {
        let chain = self
            .chain
            .as_ref()
            .filter(|chain| chain.assumed_role().is_none())?;
        Some(SsoRole {
            session: chain.source.session.clone(),
            account_id: chain.source.account_id.clone()?,
            role_name: chain.source.role_name.clone()?,
        })
    }

    /// Returns the last role that is assumed with STS.
    pub(crate) fn assumed_role(&self) -> Option<&AssumedRole> {
        assumed_role(&self.profile, self.chain.as_ref())
    }

    /// Returns the session that the credentials come from.
    pub(crate) fn session(&self) -> Option<&SsoSession> {
        Some(&self.chain.as_ref()?.source.session)
    }

    /// Returns the Region that determines the federation endpoint.
    pub(crate) fn endpoint_region(&self) -> Region {
        let region = self.region.clone();
        region.unwrap_or_else(|| self.partition.first_region())
    }

    /// Returns whether the credentials come from IAM Identity Center, also through other roles.
    pub(crate) fn is_of_sso(&self) -> bool {
        self.chain.is_some()
    }

    fn check_region(&self, args: &Args, aws: &Aws) -> Result<(), Failure> {
        let Some(region) = &self.region else {
            return Ok(());
        };
        if Partition::of(region) == self.partition {
            return Ok(());
        }
        let partition = self.partition.name();
        let (kind, setting) = match args.region {
            Some(_) => (FailureKind::Usage, "--region".to_owned()),
            None => (
                FailureKind::Configuration,
                region_setting(aws.env(), aws.files(), &self.name),
            ),
        };
        let error = anyhow!(
            "the Region {region} in {setting} is not in the partition {partition} of the role"
        );
        let example = self.partition.first_region();
        let hint = format!("use --region with a Region of this partition, such as {example}");
        Err(Failure::new(kind, error).with_hint(hint))
    }

    fn destination(&self, args: &Args) -> Result<Option<Destination>, Failure> {
        let (partition, region) = (self.partition, self.region.as_ref());
        let destination = match (&args.destination, args.service) {
            (Some(url), _) => Destination::parse(url, partition),
            (None, Some(service)) => Destination::of_service(service, partition, region),
            // The access portal opens the home of the console, in the Region of the last visit.
            (None, None) if self.sso_role().is_some() && region.is_none() => return Ok(None),
            (None, None) => Destination::home(partition, region),
        };
        match destination {
            Ok(destination) => Ok(Some(destination)),
            Err(DestinationError::UnknownConsole { .. })
                if self.sso_role().is_some()
                    && args.service.is_none()
                    && args.destination.is_none() =>
            {
                Ok(None)
            }
            Err(error) => Err(self.refusal(error)),
        }
    }

    fn refusal(&self, error: DestinationError) -> Failure {
        match (&error, self.partition.console_domain()) {
            (DestinationError::InvalidUrl { .. }, Some(domain)) => {
                let hint = format!("use a URL of the console, such as https://{domain}/");
                Failure::usage(error).with_hint(hint)
            }
            _ => Failure::configuration(error),
        }
    }
}

/// Returns whether the page depends on the Region: a URL contains its own, and a global service has none.
fn needs_region(args: &Args) -> bool {
    let is_regional = |service: &Service| service.scope == Scope::Regional;
    args.destination.is_none() && args.service.is_none_or(is_regional)
}

/// Names the profiles of a session that is named in place of a profile.
fn not_selected(error: Error, files: &ConfigFiles) -> Failure {
    let Error::Config(ConfigError::UnknownProfile { profile, .. }) = &error else {
        return error.into();
    };
    if files.sso_session(profile.as_str()).is_none() {
        return error.into();
    }
    let name = profile.as_str();
    let is_of_session = |profile: &ProfileName| {
        let profile = files.profile(profile);
        let session = profile.as_ref().and_then(|it| it.get("sso_session"));
        session.is_some_and(|session| session.value() == name)
    };
    let profiles: Vec<_> = files.profile_names().filter(is_of_session).collect();
    let profiles: Vec<_> = profiles.iter().collect();
    let error = anyhow!("{name:?} is an SSO session, not a profile");
    Failure::configuration(error).with_profile_hint(&profiles, Some(&name.into()))
}

/// Returns the partition of the assumed role, of the SSO session, or of the Region.
fn partition(
    profile: &Profile<'_>,
    chain: Option<&SsoChain>,
    region: Option<&Region>,
) -> &'static Partition {
    let role = assumed_role(profile, chain);
    let of_arn = role.and_then(|role| Partition::named(role.role_arn.split(':').nth(1)?));
    let of_session = || Some(Partition::of(&chain?.source.session.region));
    of_arn
        .or_else(of_session)
        .or_else(|| region.map(Partition::of))
        .unwrap_or_else(Partition::standard)
}

fn assumed_role<'r>(
    profile: &'r Profile<'_>,
    chain: Option<&'r SsoChain>,
) -> Option<&'r AssumedRole> {
    let own = profile.chain().roles.last();
    own.or_else(|| chain?.assumed_role())
}
