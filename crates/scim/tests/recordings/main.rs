//! Every recording of `tests/idp/recordings`, played through a directory in memory with everything forgiven: each step's
//! status, answer and state must come out as recorded.
#![cfg(test)]

mod canonical;
mod directory;
mod expect;
mod wire;

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use directory::Directory;

/// What was captured from answers, by name.
type Variables = HashMap<String, String>;

#[test]
fn recordings() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/idp/recordings");
    let mut played = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            play(&path);
            played.push(path.file_stem().unwrap().to_string_lossy().into_owned());
        }
    }
    for wanted in ["entra-default-lifecycle", "okta-group-push", "okta-import", "okta-oin-lifecycle"] {
        assert!(played.iter().any(|name| name == wanted), "{wanted} is missing");
    }
}

fn play(path: &Path) {
    let steps: Vec<Value> = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let mut directory = Directory::default();
    let mut variables = Variables::from([("token".to_owned(), "t".to_owned())]);
    for step in &steps {
        let name = format!("{}: {}", path.file_stem().unwrap().to_string_lossy(), step["name"]);
        let step = wire::fill(step, &variables);
        let (status, answer) = respond(&mut directory, &step);
        let answer = answer.unwrap_or_default();
        assert!(step["expect_status"].as_array().unwrap().contains(&json!(status)), "{name}: {status} {answer}");
        if status != 204 {
            expect::check(&name, &step["expect"], &answer);
        }
        for (variable, pointer) in step["capture"].as_object().into_iter().flatten() {
            let value = answer.pointer(pointer.as_str().unwrap()).and_then(Value::as_str).unwrap();
            variables.insert(variable.clone(), value.to_owned());
        }
        canonical::check(&name, &wire::fill(&step, &variables), &directory);
    }
}

fn respond(directory: &mut Directory, step: &Value) -> (u16, Option<Value>) {
    let body = match (&step["body_raw"], &step["body"]) {
        (Value::String(raw), _) => serde_json::from_str(raw).map_err(|_| scim::Error::invalid_syntax("no JSON")),
        (_, body) => Ok(body.clone()),
    };
    if !step["headers"]["Authorization"].as_str().is_some_and(|header| header.ends_with('t')) {
        return (401, Some(scim::Error::new(401, "no token").to_json()));
    }
    let (method, path) = (step["method"].as_str().unwrap(), step["path"].as_str().unwrap());
    body.and_then(|body| directory.handle(method, &wire::Target::parse(path), body))
        .unwrap_or_else(|error| (error.status, Some(error.to_json())))
}
