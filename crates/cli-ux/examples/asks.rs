//! Prompts for a Region, or for an entry of a list. The tests of this crate run it.

use std::process::ExitCode;

use clap::Parser;
use cli_ux::{Choice, Entry, Failure, GlobalArgs, Program, Question, Ui};

const PROGRAM: Program = Program::new("asks", env!("CARGO_PKG_VERSION"));

/// Prompt for a Region or a list entry
#[derive(Parser)]
#[command(name = "asks", version)]
struct Args {
    /// Number of list entries; without it, prompt for a Region
    #[arg(long)]
    entries: Option<usize>,

    #[command(flatten)]
    global: GlobalArgs,
}

impl AsRef<GlobalArgs> for Args {
    fn as_ref(&self) -> &GlobalArgs {
        &self.global
    }
}

fn main() -> ExitCode {
    cli_ux::run(&PROGRAM, ask)
}

fn ask(args: &Args, ui: &Ui) -> Result<(), Failure> {
    match args.entries {
        Some(count) => choose(count, ui),
        None => ask_region(ui),
    }
}

fn ask_region(ui: &Ui) -> Result<(), Failure> {
    let regions = ["eu-central-1", "eu-west-1", "us-east-1"].map(str::to_owned);
    let is_one_word = |answer: &str| {
        let is_one = !answer.contains(' ');
        is_one
            .then_some(())
            .ok_or_else(|| "a Region contains no spaces".to_owned())
    };
    let question = Question::new("SSO region [us-west-2]: ", "--sso-region")
        .default("us-west-2")
        .completions(&regions)
        .check(&is_one_word);
    let region = ui.ask_line(&question)?;
    ui.print(&format!("answer: {region}\n"))
}

fn choose(count: usize, ui: &Ui) -> Result<(), Failure> {
    let team = |n: usize| {
        (
            format!("Team{n:04}, team-{n}@example.com"),
            format!("({:012})", n * 7),
        )
    };
    let first = (
        "Größe 東京, groesse@example.com".to_owned(),
        "(123456789011)".to_owned(),
    );
    let names: Vec<_> = std::iter::once(first).chain((1..count).map(team)).collect();
    let entries: Vec<_> = names
        .iter()
        .map(|(name, id)| Entry::new(name).with_end(id))
        .collect();
    let selected = ui.choose(&Choice {
        name: "account",
        flag: "--account-id",
        entries: &entries,
        marked: Some(0),
    })?;
    let (name, id) = &names[selected];
    ui.print(&format!("selected: {name} {id}\n"))
}
