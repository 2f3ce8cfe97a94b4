//! Config files for the benchmarks.

/// Numbers of profiles, for files of 14 kB, 1.4 MB and 54 MB.
pub(crate) const PROFILES: [usize; 3] = [100, 10_000, 400_000];

pub(crate) fn file(profiles: usize) -> String {
    let session = "[sso-session corp]\n\
                   sso_start_url = https://corp.awsapps.com/start\n\
                   sso_region = eu-west-1\n\
                   sso_registration_scopes = sso:account:access\n\n";
    let profile = |number: usize| {
        format!(
            "[profile account-{number:06}]\n\
             sso_session = corp\n\
             sso_account_id = {:012}\n\
             sso_role_name = Developer\n\
             region = eu-west-1\n\
             output = json\n\n",
            111_122_223_333 + number,
        )
    };
    let profiles: Vec<_> = (0..profiles).map(profile).collect();
    format!("{session}{}", profiles.concat())
}
