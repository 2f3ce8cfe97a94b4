//! Software bill of materials in the `CycloneDX` 1.6 format.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result};
use cargo_metadata::Package;
use serde_json::{Value, json};
use sso_types::timestamp;
use time::OffsetDateTime;

use super::release::Release;
use crate::workspace::{programs, root};

/// Returns the document, with a component for each of `libraries` and its checksum from
/// `Cargo.lock`.
pub(super) fn document(release: &Release, libraries: &[Package]) -> Result<Vec<u8>> {
    let checksums = checksums()?;
    let components = libraries.iter().map(|it| component(it, &checksums));
    let components: Vec<_> = components.collect::<Result<_>>()?;
    let created_at = OffsetDateTime::from_unix_timestamp(release.created_at.try_into()?)?;
    let document = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": timestamp::format(created_at),
            "component": product(release),
        },
        "components": components,
    });
    let mut text = serde_json::to_vec_pretty(&document)?;
    text.push(b'\n');
    Ok(text)
}

/// Returns the component of the release, with the programs as its components.
fn product(release: &Release) -> Value {
    let program = |name: &str| {
        json!({
            "type": "application",
            "bom-ref": name,
            "name": name,
            "version": release.version,
        })
    };
    let programs = programs(&release.metadata);
    let parts: Vec<_> = programs.iter().map(|it| program(&it.name)).collect();
    json!({
        "type": "application",
        "bom-ref": "aws-sso-tools",
        "name": "aws-sso-tools",
        "version": release.version,
        "licenses": [{ "expression": "MIT OR Apache-2.0" }],
        "externalReferences": [{ "type": "vcs", "url": release.repository }],
        "properties": [{ "name": "target", "value": release.target }],
        "components": parts,
    })
}

fn component(package: &Package, checksums: &BTreeMap<String, String>) -> Result<Value> {
    let (name, version) = (&package.name, &package.version);
    let checksum = checksums.get(&format!("{name} {version}"));
    let checksum = checksum.with_context(|| format!("Cargo.lock has no checksum for {name}"))?;
    let mut component = json!({
        "type": "library",
        "bom-ref": format!("{name} {version}"),
        "name": name,
        "version": version,
        "purl": format!("pkg:cargo/{name}@{}", version.to_string().replace('+', "%2B")),
        "hashes": [{ "alg": "SHA-256", "content": checksum }],
    });
    if let Some(licence) = &package.license {
        // Old manifests use a slash as OR.
        let licence = licence.replace('/', " OR ");
        component["licenses"] = json!([{ "expression": licence }]);
    }
    if let Some(repository) = &package.repository {
        component["externalReferences"] = json!([{ "type": "vcs", "url": repository }]);
    }
    Ok(component)
}

/// Returns the checksums by package name and version.
fn checksums() -> Result<BTreeMap<String, String>> {
    let lock: toml::Table = fs::read_to_string(root().join("Cargo.lock"))?.parse()?;
    let packages = lock.get("package").and_then(toml::Value::as_array);
    let text = |package: &toml::Value, key| Some(package.get(key)?.as_str()?.to_owned());
    let packages = packages.into_iter().flatten().filter_map(|package| {
        let (name, version) = (text(package, "name")?, text(package, "version")?);
        Some((format!("{name} {version}"), text(package, "checksum")?))
    });
    Ok(packages.collect())
}
