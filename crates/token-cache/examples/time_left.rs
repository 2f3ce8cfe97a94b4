//! Prints the remaining lifetime of the token of an SSO session: `time_left AWS_DIRECTORY SESSION`.

#![expect(clippy::print_stdout, reason = "the example prints its result")]

use std::path::PathBuf;

use time::OffsetDateTime;
use token_cache::{CacheKey, Freshness, TokenCache};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(aws_dir), Some(session)) = (arguments.next(), arguments.next()) else {
        return Err("usage: time_left AWS_DIRECTORY SESSION".into());
    };
    let cache = TokenCache::in_aws_dir(&PathBuf::from(aws_dir));
    let key = CacheKey::session_token(&session.to_string_lossy().into_owned().into());

    let now = OffsetDateTime::now_utc();
    match cache.token(&key)? {
        None => println!("not signed in"),
        Some(token) => {
            let left = token.expires_at - now;
            let freshness = Freshness::of(token.expires_at, now);
            println!("{} minutes left: {freshness:?}", left.whole_minutes());
        }
    }
    Ok(())
}
