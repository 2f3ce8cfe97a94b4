//! Rules for problems, headers, properties and lines.

use std::collections::HashMap;

use super::Divergence::{
    self, BlankInHeader, BracketKey, Colon, CommentInValue, ContinuedValue, Defaults, Duplicate,
    EmptyHeader, Indented, IndentedComment, LoneReturn, NotUtf8, OddBlock, OddCredentialsName,
    OddKey, OddName, OddType, OddWhiteSpace, PlainServices, ScriptName, TextAfterHeader,
    TwoDefaults, TwoSpellings,
};
use super::Lint;
use crate::document::Document;
use crate::file_kind::FileKind;
use crate::line::{self, is_white_space};
use crate::name::SectionName;
use crate::problem::{Location, Reason};
use crate::property::PropertyRef;
use crate::property::comment_in;
use crate::section::SectionRef;
use crate::span::offset;
use crate::syntax::lower;

pub(super) fn all(document: &Document) -> Vec<Lint> {
    let mut lints = Lints::default();
    lints.problems(document);
    let mut spellings = HashMap::new();
    for section in document.sections() {
        lints.header(section);
        if document.kind() == FileKind::Config {
            lints.spelling(section, &mut spellings);
        }
        lints.services(section);
        section
            .own_properties()
            .for_each(|property| lints.property(property));
    }
    lints.lines(document);
    lints.0
}

#[derive(Default)]
struct Lints(Vec<Lint>);

impl Lints {
    fn push_if(&mut self, differs: bool, divergence: Divergence, location: Location) {
        if differs {
            self.0.push(Lint::new(divergence, location));
        }
    }

    fn problems(&mut self, document: &Document) {
        for problem in document.problems() {
            let divergence = match problem.reason() {
                Reason::DuplicateSection | Reason::DuplicateKey => Duplicate,
                Reason::NotUtf8 => NotUtf8,
                _ => continue,
            };
            self.push_if(true, divergence, problem.location());
        }
    }

    fn header(&mut self, section: SectionRef<'_>) {
        let (header, location, name) = (section.header(), section.location(), section.name());
        self.push_if(section.is_defaults(), Defaults, location);
        self.push_if(location.1 > 1, Indented, location);
        self.push_if(
            has_text_after_or_bracket(section),
            TextAfterHeader,
            location,
        );
        let is_javascript_name = JAVASCRIPT_NAMES.contains(&name.as_str())
            || matches!(name, SectionName::Other(_))
                && TYPES.iter().any(|kind| is_dotted(header, kind));
        self.push_if(is_javascript_name, ScriptName, location);
        if section.file() == FileKind::Credentials {
            let is_odd = !section.is_defaults() && !is_identifier_with_brackets(header);
            return self.push_if(is_odd, OddCredentialsName, location);
        }
        let is_typed = is_typed(&name, header);
        let is_quoted = header.contains(['\'', '"', '\\']);
        self.push_if(
            is_typed && (is_quoted || !is_identifier_with_brackets(name.as_str())),
            OddName,
            location,
        );
        self.push_if(has_odd_type(&name, header), OddType, location);
        self.push_if(has_odd_blanks(&name, header), BlankInHeader, location);
    }

    fn spelling<'a>(
        &mut self,
        section: SectionRef<'a>,
        known: &mut HashMap<SectionName<'a>, &'a str>,
    ) {
        let header = section.header();
        let Some(previous) = known
            .insert(section.name(), header)
            .filter(|previous| *previous != header)
        else {
            return;
        };
        // No lint for `[profile default]` after `[default]`: the CLI and the SDKs agree on it.
        let divergence = if header == "default" {
            TwoDefaults
        } else {
            TwoSpellings
        };
        self.push_if(previous != "default", divergence, section.location());
    }

    fn services(&mut self, section: SectionRef<'_>) {
        if !matches!(section.name(), SectionName::Services(_)) {
            return;
        }
        let is_empty = section.own_properties().next().is_none();
        self.push_if(is_empty, PlainServices, section.location());
        for property in section.own_properties() {
            self.push_if(!property.is_block(), PlainServices, property.location());
        }
    }

    fn property(&mut self, property: PropertyRef<'_>) {
        let (location, key) = (property.location(), property.spelling());
        self.push_if(location.1 > 1, Indented, location);
        self.push_if(property.delimiter() == ':', Colon, location);
        self.push_if(key.starts_with('['), BracketKey, location);
        self.push_if(JAVASCRIPT_NAMES.contains(&key), ScriptName, location);
        let is_odd = !key.is_empty() && (lower(key) != key || !is_identifier(key));
        self.push_if(is_odd && !key.starts_with('['), OddKey, location);
        let first_line = property.first_line();
        let comment = comment_in(first_line);
        self.push_if(comment.is_some(), CommentInValue, location);
        self.push_if(property.is_continued_text(), ContinuedValue, location);
        let is_block_read_as_text = property.is_continued_text() && comment == Some(0);
        self.push_if(is_block_read_as_text, OddBlock, location);
        for pair in property.pairs() {
            if pair.spelling().is_empty() {
                self.push_if(true, OddBlock, pair.location());
            }
            if comment_in(&pair.value()).is_some() {
                self.push_if(true, CommentInValue, pair.location());
            }
        }
    }

    /// Checks white space, line ends, comments and `[]` in all lines, including those of a value.
    fn lines(&mut self, document: &Document) {
        let text = document.text();
        let mut properties = document.own_properties().peekable();
        let mut current: Option<PropertyRef<'_>> = None;
        let mut rest = text;
        for number in 1.. {
            let Ok((after, content)) = line::line(rest) else {
                return;
            };
            if rest.is_empty() {
                return;
            }
            let end = &rest[content.len()..rest.len() - after.len()];
            let (indent, trimmed) = line::trim_and_indent(content);
            let start = offset(text.len() - rest.len());
            while let Some(next) = properties.next_if(|next| next.line() == number) {
                current = Some(next);
            }
            let inside = current.filter(|property| property.property().value.end > start);
            let location = (offset(number), offset(indent + 1));
            if line::is_comment(trimmed) {
                self.comment(location, inside);
            }
            self.push_if(end == "\r", LoneReturn, location);
            self.push_if(
                has_odd_white_space(content, trimmed, inside),
                OddWhiteSpace,
                location,
            );
            let is_empty_header = trimmed.starts_with("[]") && line::header(trimmed).is_err();
            self.push_if(
                is_empty_header && line::property(trimmed).is_err(),
                EmptyHeader,
                location,
            );
            rest = after;
        }
    }

    fn comment(&mut self, location: Location, inside: Option<PropertyRef<'_>>) {
        match inside {
            Some(property) if property.is_block() => self.push_if(true, OddBlock, location),
            Some(_) => {}
            None => self.push_if(location.1 > 1, IndentedComment, location),
        }
    }
}

const TYPES: [&str; 3] = ["profile", "sso-session", "services"];

/// Properties of every JavaScript object.
const JAVASCRIPT_NAMES: [&str; 12] = [
    "__defineGetter__",
    "__defineSetter__",
    "__lookupGetter__",
    "__lookupSetter__",
    "__proto__",
    "constructor",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "toLocaleString",
    "toString",
    "valueOf",
];

fn is_dotted(header: &str, kind: &str) -> bool {
    header
        .strip_prefix(kind)
        .is_some_and(|rest| rest.starts_with('.'))
}

/// Returns whether the SDKs accept all characters of `name`.
fn is_identifier(name: &str) -> bool {
    let is_known = |byte: u8| byte.is_ascii_alphanumeric() || b"_-/.%@:+".contains(&byte);
    !name.is_empty() && name.bytes().all(is_known)
}

/// Like [`is_identifier`], for a name that may contain the brackets that [`TextAfterHeader`] reports.
fn is_identifier_with_brackets(name: &str) -> bool {
    if name.contains(']') {
        return is_identifier(&name.replace(['[', ']'], ""));
    }
    is_identifier(name)
}

fn has_text_after_or_bracket(section: SectionRef<'_>) -> bool {
    let after = section.text_after_header();
    let text = line::trim(after);
    let is_comment = line::is_comment(text) && after.starts_with(is_white_space);
    section.header().contains(']') || !(text.is_empty() || is_comment)
}

/// Returns false for `[default]` and for sections of another type.
fn is_typed(name: &SectionName<'_>, header: &str) -> bool {
    !matches!(name, SectionName::Other(_)) && header != "default"
}

fn has_odd_type(name: &SectionName<'_>, header: &str) -> bool {
    is_typed(name, header) && !TYPES.contains(&first_word(header))
}

fn has_odd_blanks(name: &SectionName<'_>, header: &str) -> bool {
    let trimmed = line::trim(header);
    match name {
        SectionName::Other(_) => {
            let intended = SectionName::of_header(FileKind::Config, trimmed);
            trimmed != header && !matches!(intended, SectionName::Other(_))
        }
        SectionName::Default if header == "default" => false,
        _ => {
            let rest = &header[first_word(header).len()..];
            let mut characters = rest.chars().skip(1);
            header != trimmed || characters.next().is_some_and(is_white_space)
        }
    }
}

fn first_word(header: &str) -> &str {
    header.split(is_white_space).next().unwrap_or(header)
}

/// Returns whether a line has white space other than spaces and tabs at its ends or around its
/// delimiter, or characters that separate lines in a block.
fn has_odd_white_space(content: &str, trimmed: &str, inside: Option<PropertyRef<'_>>) -> bool {
    let is_odd = |c: char| is_white_space(c) && !matches!(c, ' ' | '\t');
    let is_trimmed_odd = || {
        let start = content.find(trimmed).unwrap_or(0);
        let (before, after) = (&content[..start], &content[start + trimmed.len()..]);
        before.contains(is_odd) || after.contains(is_odd)
    };
    let around_delimiter = || {
        let Ok((_, (key, value))) = line::property(trimmed) else {
            return false;
        };
        let between = &trimmed[key.len()..trimmed.len() - value.len()];
        between.contains(is_odd)
    };
    let is_in_block = inside.is_some_and(|property| property.is_block());
    is_trimmed_odd()
        || !line::is_comment(trimmed) && line::header(trimmed).is_err() && around_delimiter()
        || is_in_block && trimmed.contains(line::is_block_break)
}
