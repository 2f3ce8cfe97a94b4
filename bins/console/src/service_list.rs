//! List of the services.

use aws_console::{Scope, Service};
use cli_ux::{OutputForm, SCHEMA_VERSION, Table, Ui};
use serde_json::{Value, json};

pub(crate) fn render(form: OutputForm, ui: &Ui) -> String {
    match form {
        OutputForm::Json => {
            let services: Vec<Value> = Service::all().iter().map(entry).collect();
            let document = json!({ "schemaVersion": SCHEMA_VERSION, "services": services });
            format!("{document:#}\n")
        }
        OutputForm::Text => {
            let mut table = Table::new(["NAME", "ALIASES", "SERVICE"]);
            for service in Service::all() {
                let (name, title) = (service.name.to_owned(), service.title.to_owned());
                table.add([name, service.aliases.join(" "), title]);
            }
            ui.fitted(&table)
        }
    }
}

fn entry(service: &Service) -> Value {
    json!({
        "name": service.name,
        "aliases": service.aliases,
        "title": service.title,
        "isGlobal": service.scope == Scope::Global,
    })
}
