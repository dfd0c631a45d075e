use serde_json::{Value, json};

/// Users and groups, in order of creation.
#[derive(Default)]
pub(crate) struct Directory {
    rows: Vec<Value>,
    created: usize,
}

pub(crate) type Answer = (u16, Value);

impl Directory {
    /// `kind` is `Users` or `Groups`; `rest` the id, if any.
    pub(crate) fn answer(
        &mut self,
        method: &str,
        kind: &str,
        id: Option<&str>,
        query: &[(String, String)],
        body: Value,
    ) -> Answer {
        let row = id.and_then(|id| self.rows.iter().position(|row| row["id"] == id && row["kind"] == kind));
        match (method, id, row) {
            ("GET", None, _) => (200, self.list(kind, query)),
            ("POST", None, _) => self.create(kind, body),
            (_, _, None) => error(404, "no such resource"),
            ("GET", _, Some(row)) => (200, shown(&self.rows[row], query)),
            ("PUT", _, Some(row)) => (200, self.replace(row, body)),
            ("PATCH", _, Some(row)) => self.patch(row, &body),
            (_, _, Some(row)) => {
                let gone = json!([{"value": self.rows.remove(row)["id"]}]);
                self.rows.iter_mut().for_each(|row| remove(row, &gone));
                (204, Value::Null)
            }
        }
    }

    pub(crate) fn count(&self, kind: &str) -> usize {
        self.rows.iter().filter(|row| row["kind"] == kind).count()
    }

    pub(crate) fn find(&self, id: &str) -> Option<&Value> {
        self.rows.iter().find(|row| row["id"] == id)
    }

    fn create(&mut self, kind: &str, mut body: Value) -> Answer {
        let key = if kind == "Users" { "userName" } else { "displayName" };
        if self.rows.iter().any(|row| row["kind"] == kind && same(&row[key], body[key].as_str().unwrap_or_default())) {
            return error(409, "taken");
        }
        self.created += 1;
        body["id"] = json!(format!("{kind}-{}", self.created));
        body["kind"] = json!(kind);
        self.rows.push(body.clone());
        (201, body)
    }

    fn replace(&mut self, row: usize, mut body: Value) -> Value {
        body["kind"] = json!("Users");
        self.rows[row] = body;
        self.rows[row].clone()
    }

    fn patch(&mut self, row: usize, body: &Value) -> Answer {
        let row = &mut self.rows[row];
        for operation in body["Operations"].as_array().into_iter().flatten() {
            apply(row, operation);
        }
        if row["kind"] == "Users" { (200, row.clone()) } else { (204, Value::Null) }
    }

    fn list(&self, kind: &str, query: &[(String, String)]) -> Value {
        let terms = parameter(query, "filter").map(|filter| filter.split(" and ").collect::<Vec<_>>());
        let fits = |row: &Value| terms.iter().flatten().all(|term| matches(row, term));
        let hits: Vec<&Value> = self.rows.iter().filter(|row| row["kind"] == kind && fits(row)).collect();
        let number = |name| parameter(query, name).and_then(|text| text.parse().ok());
        let (start, count) = (number("startIndex").unwrap_or(1), number("count").unwrap_or(100));
        let page: Vec<Value> = hits.iter().skip(start - 1).take(count).map(|row| shown(row, query)).collect();
        json!({"totalResults": hits.len(), "startIndex": start, "itemsPerPage": page.len(), "Resources": page})
    }
}

pub(crate) fn error(status: u16, detail: &str) -> Answer {
    let schema = "urn:ietf:params:scim:api:messages:2.0:Error";
    (status, json!({"schemas": [schema], "status": status.to_string(), "detail": detail}))
}

fn parameter<'a>(query: &'a [(String, String)], name: &str) -> Option<&'a str> {
    query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

fn shown(row: &Value, query: &[(String, String)]) -> Value {
    let mut row = row.clone();
    if parameter(query, "excludedAttributes") == Some("members") {
        row.as_object_mut().unwrap().remove("members");
    }
    row
}

fn matches(row: &Value, term: &str) -> bool {
    let (attribute, value) = term.split_once(" eq ").unwrap();
    let value: String = serde_json::from_str(value).unwrap();
    match &row[attribute] {
        Value::Array(members) => members.iter().any(|member| member["value"] == value),
        found => same(found, &value),
    }
}

fn same(found: &Value, value: &str) -> bool {
    found.as_str().is_some_and(|found| found.to_lowercase() == value.to_lowercase())
}

/// Only what the tests look at: activity, titles, managers, names of groups, members.
fn apply(row: &mut Value, operation: &Value) {
    let (op, value) = (operation["op"].as_str().unwrap().to_lowercase(), &operation["value"]);
    match operation["path"].as_str() {
        None => row.as_object_mut().unwrap().extend(value.as_object().unwrap().clone()),
        Some("active") => row["active"] = json!(value == "True"),
        Some("members") if op == "replace" => row["members"] = value.clone(),
        Some("members") if op == "add" => {
            remove(row, value);
            let members = value.as_array().unwrap().clone();
            let already = row["members"].as_array().cloned().unwrap_or_default();
            row["members"] = already.into_iter().chain(members).collect();
        }
        Some("members") => remove(row, value),
        Some(path) if path.starts_with("members[") => remove(row, &json!([{"value": path.split('"').nth(1)}])),
        Some(path) => row[path.rsplit(':').next().unwrap()] = value.clone(),
    }
}

fn remove(row: &mut Value, gone: &Value) {
    let gone = gone.as_array().unwrap();
    if let Some(members) = row["members"].as_array_mut() {
        members.retain(|member| gone.iter().all(|it| it["value"] != member["value"]));
    }
}
