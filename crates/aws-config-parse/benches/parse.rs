//! Benchmarks of parsing, look-ups, lints and edits.

#[path = "compare/src/file.rs"]
mod file;

use std::fs::{self, File};
use std::hint::black_box;
use std::io::Write;

use aws_config_parse::{Document, FileKind, SectionName};
use divan::Bencher;
use divan::counter::BytesCount;
use file::{PROFILES, file};

const WORST_CASE_BYTES: [usize; 2] = [1_000_000, 50_000_000];

fn main() {
    divan::main();
}

#[divan::bench(args = PROFILES, sample_count = 30)]
fn parse(bencher: Bencher<'_, '_>, profiles: usize) {
    parse_all(bencher, &file(profiles));
}

#[divan::bench(args = PROFILES, sample_count = 30)]
fn parse_with_carriage_returns(bencher: Bencher<'_, '_>, profiles: usize) {
    parse_all(bencher, &file(profiles).replace('\n', "\r\n"));
}

#[divan::bench(args = PROFILES, sample_count = 30)]
fn read_parse_and_look_up(bencher: Bencher<'_, '_>, profiles: usize) {
    let path = format!("{}/{profiles}-profiles", env!("CARGO_TARGET_TMPDIR"));
    let mut written = File::create(&path).expect("the file can be created");
    let text = file(profiles);
    written
        .write_all(text.as_bytes())
        .expect("the file can be written");
    bencher.counter(BytesCount::of_str(&text)).bench(|| {
        let bytes = fs::read(&path).expect("the file can be read");
        let document = Document::parse(FileKind::Config, bytes);
        let profile = document.profile("account-000050");
        let region = profile.and_then(|profile| profile.get("region"));
        black_box(region.expect("the profile has a region").value());
        document
    });
}

#[divan::bench(args = PROFILES, sample_count = 30)]
fn lints(bencher: Bencher<'_, '_>, profiles: usize) {
    lint_all(bencher, &file(profiles));
}

#[divan::bench(args = PROFILES, sample_count = 30)]
fn parse_and_edit(bencher: Bencher<'_, '_>, profiles: usize) {
    let text = file(profiles);
    bencher.with_inputs(|| text.clone()).bench_values(|text| {
        let mut document = Document::parse(FileKind::Config, text);
        let name = SectionName::profile("account-000050");
        let section = document.section_mut(&name);
        section
            .expect("the file has the profile")
            .set("region", "us-east-2")
            .expect("the region can be set");
        document
    });
}

#[divan::bench(args = [100, 10_000])]
fn add_profiles(profiles: usize) -> Document {
    let mut document = Document::parse(FileKind::Config, "");
    for number in 0..profiles {
        let name = SectionName::profile(format!("account-{number:06}"));
        let mut section = document
            .add_section(&name)
            .expect("the profile can be added");
        for key in ["sso_session", "sso_account_id", "sso_role_name", "region"] {
            section.set(key, "value").expect("the key can be set");
        }
    }
    document
}

#[divan::bench(args = WORST_CASE_BYTES, sample_count = 15)]
fn one_line(bencher: Bencher<'_, '_>, size: usize) {
    parse_all(bencher, &format!("[a]\nx = {}", "]".repeat(size)));
}

#[divan::bench(args = WORST_CASE_BYTES, sample_count = 15)]
fn empty_sections(bencher: Bencher<'_, '_>, size: usize) {
    parse_all(bencher, &numbered(size, |number| format!("[{number}]\n")));
}

#[divan::bench(args = WORST_CASE_BYTES, sample_count = 15)]
fn duplicate_sections(bencher: Bencher<'_, '_>, size: usize) {
    parse_all(bencher, &numbered(size, |_| "[profile a]\n".to_owned()));
}

#[divan::bench(args = WORST_CASE_BYTES, sample_count = 15)]
fn duplicate_keys(bencher: Bencher<'_, '_>, size: usize) {
    parse_all(
        bencher,
        &format!("[a]\n{}", numbered(size, |_| "key = value\n".to_owned())),
    );
}

#[divan::bench(args = WORST_CASE_BYTES, sample_count = 15)]
fn many_keys(bencher: Bencher<'_, '_>, size: usize) {
    parse_all(
        bencher,
        &format!(
            "[a]\n{}",
            numbered(size, |number| format!("{number} = x\n"))
        ),
    );
}

#[divan::bench(args = WORST_CASE_BYTES, sample_count = 15)]
fn lone_carriage_returns(bencher: Bencher<'_, '_>, size: usize) {
    parse_all(bencher, &format!("[a]\n{}", "\r".repeat(size)));
}

#[divan::bench(args = WORST_CASE_BYTES, sample_count = 15)]
fn one_line_of_a_block(bencher: Bencher<'_, '_>, size: usize) {
    let pieces = numbered(size, |_| "bad\u{b}".to_owned());
    parse_all(bencher, &format!("[a]\nx =\n  {pieces}"));
}

#[divan::bench(args = WORST_CASE_BYTES, sample_count = 15)]
fn one_block(bencher: Bencher<'_, '_>, size: usize) {
    parse_all(
        bencher,
        &format!(
            "[a]\nx =\n{}",
            numbered(size, |_| "  bad\u{b}worse\n".to_owned())
        ),
    );
}

#[divan::bench(args = WORST_CASE_BYTES, sample_count = 15)]
fn many_blocks(bencher: Bencher<'_, '_>, size: usize) {
    let blocks = numbered(size, |number| format!("{number} =\n  a = b\n"));
    parse_all(bencher, &format!("[a]\n{blocks}"));
}

#[divan::bench(args = WORST_CASE_BYTES, sample_count = 15)]
fn lints_of_one_line_of_a_block(bencher: Bencher<'_, '_>, size: usize) {
    let pieces = numbered(size, |_| "= # b\u{b}".to_owned());
    lint_all(bencher, &format!("[a]\nx =\n  {pieces}"));
}

fn parse_all(bencher: Bencher<'_, '_>, text: &str) {
    bencher
        .counter(BytesCount::of_str(text))
        .with_inputs(|| text.to_owned())
        .bench_values(|text| black_box(Document::parse(FileKind::Config, text)));
}

fn lint_all(bencher: Bencher<'_, '_>, text: &str) {
    let document = Document::parse(FileKind::Config, text);
    let bencher = bencher.counter(BytesCount::of_str(text));
    bencher.bench(|| document.lints());
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
