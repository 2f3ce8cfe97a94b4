//! Integration tests, with a module for each helper.

mod proxy;
mod relay;

#[cfg(unix)]
mod running_program;
#[cfg(unix)]
mod terminal;
mod test_env;
#[cfg(unix)]
mod transcript;
