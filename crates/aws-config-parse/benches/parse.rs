//! How fast files are read, looked up in, and edited.

use std::hint::black_box;

use aws_config_parse::{Document, FileKind, SectionName};
use divan::Bencher;
use divan::counter::BytesCount;

/// Files of 14 kB, 1.4 MB and 54 MB.
const PROFILES: [usize; 3] = [100, 10_000, 400_000];

/// What is cut to hostile files of 1 MB and 50 MB.
const HOSTILE: [usize; 2] = [1_000_000, 50_000_000];

fn main() {
    divan::main();
}

#[divan::bench(args = PROFILES)]
fn parse(bencher: Bencher<'_, '_>, profiles: usize) {
    parse_all(bencher, &file(profiles));
}

#[divan::bench(args = PROFILES)]
fn parse_and_look_up(bencher: Bencher<'_, '_>, profiles: usize) {
    let text = file(profiles);
    bencher.with_inputs(|| text.clone()).bench_values(|text| {
        let document = Document::parse(FileKind::Config, text);
        document
            .profile("account-000050")
            .map(|section| section.line())
    });
}

#[divan::bench(args = PROFILES)]
fn parse_and_edit(bencher: Bencher<'_, '_>, profiles: usize) {
    let text = file(profiles);
    bencher.with_inputs(|| text.clone()).bench_values(|text| {
        let mut document = Document::parse(FileKind::Config, text);
        let name = SectionName::profile("account-000050");
        let section = document.section_mut(&name);
        section
            .expect("it is there")
            .set("region", "us-east-2")
            .expect("it can be set");
        document
    });
}

#[divan::bench(args = [100, 10_000])]
fn add_profiles(profiles: usize) -> Document {
    let mut document = Document::parse(FileKind::Config, "");
    for number in 0..profiles {
        let name = SectionName::profile(format!("account-{number:06}"));
        let mut section = document.add_section(&name).expect("it can be added");
        for key in ["sso_session", "sso_account_id", "sso_role_name", "region"] {
            section.set(key, "value").expect("it can be set");
        }
    }
    document
}

#[divan::bench(args = HOSTILE)]
fn one_line(bencher: Bencher<'_, '_>, size: usize) {
    parse_all(bencher, &format!("[a]\nx = {}", "]".repeat(size)));
}

#[divan::bench(args = HOSTILE)]
fn empty_sections(bencher: Bencher<'_, '_>, size: usize) {
    parse_all(bencher, &numbered(size, |number| format!("[{number}]\n")));
}

#[divan::bench(args = HOSTILE)]
fn equal_sections(bencher: Bencher<'_, '_>, size: usize) {
    parse_all(bencher, &numbered(size, |_| "[profile a]\n".to_owned()));
}

#[divan::bench(args = HOSTILE)]
fn equal_keys(bencher: Bencher<'_, '_>, size: usize) {
    parse_all(
        bencher,
        &format!("[a]\n{}", numbered(size, |_| "key = value\n".to_owned())),
    );
}

#[divan::bench(args = HOSTILE)]
fn many_keys(bencher: Bencher<'_, '_>, size: usize) {
    parse_all(
        bencher,
        &format!(
            "[a]\n{}",
            numbered(size, |number| format!("{number} = x\n"))
        ),
    );
}

#[divan::bench(args = HOSTILE)]
fn lone_returns(bencher: Bencher<'_, '_>, size: usize) {
    parse_all(bencher, &format!("[a]\n{}", "\r".repeat(size)));
}

#[divan::bench(args = HOSTILE)]
fn one_line_of_a_block(bencher: Bencher<'_, '_>, size: usize) {
    let pieces = numbered(size, |_| "bad\u{b}".to_owned());
    parse_all(bencher, &format!("[a]\nx =\n  {pieces}"));
}

#[divan::bench(args = HOSTILE)]
fn one_block(bencher: Bencher<'_, '_>, size: usize) {
    parse_all(
        bencher,
        &format!(
            "[a]\nx =\n{}",
            numbered(size, |_| "  bad\u{b}worse\n".to_owned())
        ),
    );
}

fn parse_all(bencher: Bencher<'_, '_>, text: &str) {
    bencher
        .counter(BytesCount::of_str(text))
        .with_inputs(|| text.to_owned())
        .bench_values(|text| black_box(Document::parse(FileKind::Config, text)));
}

fn numbered(size: usize, line: impl Fn(usize) -> String) -> String {
    let mut text = String::with_capacity(size);
    let mut number = 0;
    while text.len() < size {
        text.push_str(&line(number));
        number += 1;
    }
    text
}

fn file(profiles: usize) -> String {
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
