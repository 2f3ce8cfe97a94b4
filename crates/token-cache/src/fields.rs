use std::fmt;

use serde_json::{Map, Value};
use sso_types::timestamp;
use time::OffsetDateTime;
use zeroize::{Zeroize as _, Zeroizing};

use crate::error::Corruption;

/// The fields of the JSON object in a cache file. Any field may be a secret: `Debug` shows only
/// names, and the values are wiped on drop.
///
/// The `take` and `require` methods remove a field; `null` counts as missing. The fields that
/// remain are the unknown ones.
#[derive(Default)]
pub struct Fields(Map<String, Value>);

impl Fields {
    pub(crate) fn parse(text: &[u8]) -> Result<Self, Corruption> {
        if text.trim_ascii().is_empty() {
            return Err(Corruption::Empty);
        }
        match serde_json::from_slice(text) {
            Ok(Value::Object(map)) => Ok(Self(map)),
            Ok(_) => Err(Corruption::NotAnObject),
            Err(error) => Err(Corruption::NotJson {
                line: error.line(),
                column: error.column(),
            }),
        }
    }

    pub(crate) fn to_json(&self) -> Zeroizing<Vec<u8>> {
        // Large enough not to grow: a reallocation would leave a copy of the secrets in memory.
        let mut text = Zeroizing::new(Vec::with_capacity(16 * 1024));
        serde_json::to_writer(&mut *text, &self.0).expect("a JSON object can be serialized");
        text
    }

    pub(crate) fn require<T: TryFrom<String>>(
        &mut self,
        name: &'static str,
    ) -> Result<T, Corruption> {
        self.take(name)?.ok_or(Corruption::Missing(name))
    }

    pub(crate) fn require_time(
        &mut self,
        name: &'static str,
    ) -> Result<OffsetDateTime, Corruption> {
        self.take_time(name)?.ok_or(Corruption::Missing(name))
    }

    pub(crate) fn take<T: TryFrom<String>>(
        &mut self,
        name: &'static str,
    ) -> Result<Option<T>, Corruption> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => match T::try_from(text) {
                Ok(value) => Ok(Some(value)),
                Err(_) => Err(Corruption::Malformed(name)),
            },
            Some(_) => Err(Corruption::Malformed(name)),
        }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(crate) fn take_time(
        &mut self,
        name: &'static str,
    ) -> Result<Option<OffsetDateTime>, Corruption> {
        let text: Option<String> = self.take(name)?;
        text.map(|text| timestamp::parse(&text).ok_or(Corruption::Malformed(name)))
            .transpose()
    }

    pub(crate) fn take_list<T: From<String>>(
        &mut self,
        name: &'static str,
    ) -> Result<Option<Vec<T>>, Corruption> {
        let item = |value| match value {
            Value::String(text) => Ok(T::from(text)),
            _ => Err(Corruption::Malformed(name)),
        };
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Array(values)) => values
                .into_iter()
                .map(item)
                .collect::<Result<_, _>>()
                .map(Some),
            Some(_) => Err(Corruption::Malformed(name)),
        }
    }

    pub(crate) fn take_object(&mut self, name: &'static str) -> Result<Option<Self>, Corruption> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Object(map)) => Ok(Some(Self(map))),
            Some(_) => Err(Corruption::Malformed(name)),
        }
    }

    pub(crate) fn put(&mut self, name: &str, text: &str) {
        self.0.insert(name.to_owned(), text.into());
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
        self.0.insert(name.to_owned(), texts.collect());
    }

    pub(crate) fn put_object(&mut self, name: &str, mut object: Self) {
        let map = std::mem::take(&mut object.0);
        self.0.insert(name.to_owned(), Value::Object(map));
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Drop for Fields {
    fn drop(&mut self) {
        self.0.values_mut().for_each(wipe);
    }
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(values) => values.iter_mut().for_each(wipe),
        Value::Object(map) => map.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
