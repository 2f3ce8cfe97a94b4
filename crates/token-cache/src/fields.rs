use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sso_types::timestamp;
use time::OffsetDateTime;
use zeroize::Zeroizing;

use crate::error::Corruption;
use crate::json_object;

/// The fields of the JSON object in a cache file, by name, as JSON text. Any field may be a secret:
/// `Debug` shows only names, and the values are wiped on drop.
///
/// The `take` and `require` methods remove a field; `null` counts as missing. The fields that
/// remain are the unknown ones. They are written again as they were read, whatever their values.
#[derive(Default)]
pub struct Fields(BTreeMap<String, Zeroizing<String>>);

impl Fields {
    /// Of several fields with the same name, the last one counts.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, Corruption> {
        if text.trim_ascii().is_empty() {
            return Err(Corruption::Empty);
        }
        let fields = json_object::fields(text)?.into_iter();
        let fields = fields.map(|(name, value)| (unescaped(name), value.to_owned().into()));
        Ok(Self(fields.collect()))
    }

    pub(crate) fn to_json(&self) -> Zeroizing<Vec<u8>> {
        let length: usize = self
            .0
            .iter()
            .map(|(name, value)| name.len() + value.len() + 2)
            .sum();
        // A reallocation would leave a copy of the secrets in memory.
        let mut text = Zeroizing::new(Vec::with_capacity(length + 2));
        let mut before = "{";
        for (name, value) in &self.0 {
            for part in [before, name, ":", value] {
                text.extend_from_slice(part.as_bytes());
            }
            before = ",";
        }
        let end = if self.0.is_empty() { "{}" } else { "}" };
        text.extend_from_slice(end.as_bytes());
        text
    }

    /// Takes a field that decides whether the entry can be used.
    pub(crate) fn require<T: TryFrom<String>>(
        &mut self,
        name: &'static str,
    ) -> Result<T, Corruption> {
        let text: String = self.value(name)?.ok_or(Corruption::Missing(name))?;
        T::try_from(text).map_err(|_| Corruption::Malformed(name))
    }

    pub(crate) fn require_time(
        &mut self,
        name: &'static str,
    ) -> Result<OffsetDateTime, Corruption> {
        let text: String = self.require(name)?;
        timestamp::parse(&text).ok_or(Corruption::Malformed(name))
    }

    /// Takes a field that is optional. One that is blank, or of the wrong type or form, counts as
    /// missing.
    pub(crate) fn take<T: TryFrom<String>>(&mut self, name: &'static str) -> Option<T> {
        let text: String = self.value(name).ok().flatten()?;
        if text.trim().is_empty() {
            return None;
        }
        T::try_from(text).ok()
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(&quoted(name))
    }

    /// Takes an optional time, like [`take`](Self::take).
    pub(crate) fn take_time(&mut self, name: &'static str) -> Option<OffsetDateTime> {
        let text: String = self.take(name)?;
        timestamp::parse(&text)
    }

    pub(crate) fn take_list<T: From<String>>(
        &mut self,
        name: &'static str,
    ) -> Result<Option<Vec<T>>, Corruption> {
        let texts: Option<Vec<String>> = self.value(name)?;
        Ok(texts.map(|texts| texts.into_iter().map(T::from).collect()))
    }

    pub(crate) fn take_object(&mut self, name: &'static str) -> Result<Option<Self>, Corruption> {
        match self.0.remove(&quoted(name)) {
            None => Ok(None),
            Some(text) if *text == "null" => Ok(None),
            Some(text) => match Self::parse(text.as_bytes()) {
                Ok(object) => Ok(Some(object)),
                Err(_) => Err(Corruption::Malformed(name)),
            },
        }
    }

    fn value<V: DeserializeOwned>(&mut self, name: &'static str) -> Result<Option<V>, Corruption> {
        let Some(text) = self.0.remove(&quoted(name)) else {
            return Ok(None);
        };
        serde_json::from_str(&text).map_err(|_| Corruption::Malformed(name))
    }

    pub(crate) fn put(&mut self, name: &str, text: &str) {
        // No character needs more than the six bytes of `\u0000`.
        self.insert(name, &text, 6 * text.len() + 2);
    }

    pub(crate) fn put_some(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.put(name, text);
        }
    }

    pub(crate) fn put_time(&mut self, name: &str, at: OffsetDateTime) {
        self.put(name, &timestamp::format(at));
    }

    pub(crate) fn put_list<'a>(&mut self, name: &str, texts: impl Iterator<Item = &'a str>) {
        let texts: Vec<_> = texts.collect();
        self.insert(name, &texts, 0);
    }

    pub(crate) fn put_object(&mut self, name: &str, object: &Self) {
        let text = object.to_json();
        let text = str::from_utf8(&text).expect("the fields are text");
        self.0.insert(quoted(name), text.to_owned().into());
    }

    /// Inserts a value whose JSON text has at most `length` bytes, if it is a secret.
    fn insert(&mut self, name: &str, value: &impl Serialize, length: usize) {
        // A reallocation would leave a copy of the secret in memory.
        let mut text = Zeroizing::new(Vec::with_capacity(length));
        serde_json::to_writer(&mut *text, value).expect("text can be serialized");
        let text = str::from_utf8(&text).expect("JSON is text");
        self.0.insert(quoted(name), text.to_owned().into());
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// Returns the JSON text of a name in its usual form. A name with an unpaired surrogate stays as it
/// is.
fn unescaped(name: &str) -> String {
    let parsed: Result<String, _> = serde_json::from_str(name);
    parsed.map_or_else(|_| name.to_owned(), |name| quoted(&name))
}

fn quoted(name: &str) -> String {
    serde_json::to_string(name).expect("text can be serialized")
}
