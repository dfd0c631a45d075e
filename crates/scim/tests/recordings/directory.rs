//! The smallest service provider: what a server does around this crate, without its store.

use serde_json::Value;

use scim::discovery::{self, Capabilities};
use scim::{
    DetachedChange, Document, Error, Filter, Lenience, ListQuery, ListResponse, Meta, Paging, Patch, Projection,
    Reference, ResourceType, render, resource, schema,
};

use crate::wire::Target;

const BASE: &str = "http://scim.invalid/scim";

type Answer = Result<(u16, Option<Value>), Error>;

#[derive(Default)]
pub(crate) struct Directory {
    pub(crate) resources: Vec<Kept>,
    created: usize,
}

pub(crate) struct Kept {
    pub(crate) id: String,
    pub(crate) resource_type: &'static ResourceType,
    document: Document,
    pub(crate) members: Vec<Reference>,
}

impl Kept {
    pub(crate) fn render(&self) -> Value {
        let Self { resource_type, id, .. } = self;
        let meta = Meta { resource_type, id, base_url: BASE, created_ms: 0, last_modified_ms: 0, version: 1 };
        render(&self.document, &meta, Some(&self.members))
    }
}

impl Directory {
    pub(crate) fn handle(&mut self, method: &str, target: &Target, body: Value) -> Answer {
        let segments: Vec<_> = target.segments.iter().map(String::as_str).collect();
        let (endpoint, id) = match segments[..] {
            ["ServiceProviderConfig"] => {
                return Ok((200, Some(discovery::service_provider_config(BASE, &Capabilities::default()))));
            }
            ["Me" | "Bulk"] => return Err(Error::new(501, "not implemented")),
            [endpoint] => (endpoint, None),
            [endpoint, id] => (endpoint, Some(id)),
            _ => return Err(Error::not_found("no such path")),
        };
        let resource_type = schema::RESOURCE_TYPES
            .iter()
            .find(|kind| kind.endpoint.trim_start_matches('/') == endpoint)
            .ok_or_else(|| Error::not_found("no such resource"))?;
        match (method, id) {
            ("GET", None) => self.list(resource_type, target),
            ("POST", None) => self.create(resource_type, body),
            (_, None) => Err(Error::new(405, "not allowed")),
            (method, Some(id)) => {
                let found =
                    self.resources.iter().position(|kept| kept.resource_type == *resource_type && kept.id == id);
                self.on_one(method, found.ok_or_else(|| Error::not_found("no such id"))?, target, body)
            }
        }
    }

    fn on_one(&mut self, method: &str, at: usize, target: &Target, body: Value) -> Answer {
        match method {
            "GET" => self.answer(200, at, target),
            "PUT" => {
                let parsed = resource::parse(self.resources[at].resource_type, body, &Lenience::all())?;
                let mut document = parsed.document;
                document.fill_defaults(self.resources[at].resource_type, Some(&self.resources[at].document));
                self.resources[at].document = document;
                self.change(at, &[DetachedChange::Replace(parsed.detached.unwrap_or_default())]);
                self.answer(200, at, target)
            }
            "PATCH" => {
                let patch = Patch::parse(self.resources[at].resource_type, body, &Lenience::all())?;
                let applied = patch.apply(&self.resources[at].document)?;
                self.resources[at].document = applied.document;
                self.change(at, applied.detached);
                self.answer(200, at, target)
            }
            "DELETE" => {
                let gone = self.resources.remove(at);
                self.resources.iter_mut().for_each(|kept| kept.members.retain(|member| member.value != gone.id));
                Ok((204, None))
            }
            _ => Err(Error::new(405, "not allowed")),
        }
    }

    fn create(&mut self, resource_type: &'static ResourceType, body: Value) -> Answer {
        let parsed = resource::parse(resource_type, body, &Lenience::all())?;
        let mut document = parsed.document;
        document.fill_defaults(resource_type, None);
        let unique = resource_type.schema.attributes.iter().find(|row| row.uniqueness == schema::Uniqueness::Server);
        let name = unique.unwrap().name;
        let key = |document: &Document| document.text(name).unwrap().to_lowercase();
        let taken = |kept: &Kept| kept.resource_type == resource_type && key(&kept.document) == key(&document);
        if self.resources.iter().any(taken) {
            return Err(Error::uniqueness(name));
        }
        self.created += 1;
        let id = format!("id-{}", self.created);
        self.resources.push(Kept { id, resource_type, document, members: Vec::new() });
        let at = self.resources.len() - 1;
        self.change(at, &[DetachedChange::Replace(parsed.detached.unwrap_or_default())]);
        self.answer(201, at, &Target::parse(""))
    }

    fn list(&self, resource_type: &'static ResourceType, target: &Target) -> Answer {
        let query = ListQuery::parse(target.query.iter().map(|(name, value)| (name, value)))?;
        let filter =
            query.filter.as_deref().map(|text| Filter::parse(resource_type, text, &Lenience::all())).transpose()?;
        let projection = Projection::of_query(resource_type, target.query.iter().map(|(name, value)| (name, value)))?;
        let kind = self.resources.iter().filter(|kept| kept.resource_type == resource_type).map(Kept::render);
        let found: Vec<_> =
            kind.filter(|resource| filter.as_ref().is_none_or(|filter| filter.matches(resource))).collect();
        let total_results = Some(found.len() as u64);
        let Paging::Index(start) = query.paging else { return Err(Error::new(501, "not by cursor")) };
        let page = found.into_iter().skip(usize::try_from(start).unwrap() - 1).take(query.count as usize);
        let mut resources: Vec<_> = page.collect();
        for resource in &mut resources {
            projection.apply(resource);
        }
        let page = ListResponse { total_results, start_index: Some(start), resources, ..ListResponse::default() };
        Ok((200, Some(page.to_json())))
    }

    fn answer(&self, status: u16, at: usize, target: &Target) -> Answer {
        let mut resource = self.resources[at].render();
        let resource_type = self.resources[at].resource_type;
        let query = target.query.iter().map(|(name, value)| (name, value));
        Projection::of_query(resource_type, query)?.apply(&mut resource);
        Ok((status, Some(resource)))
    }

    /// Set deltas; references that do not resolve are skipped (N22).
    fn change(&mut self, at: usize, changes: &[DetachedChange]) {
        let exists = |value: &String| self.resources.iter().any(|kept| kept.id == *value);
        let mut members = self.resources[at].members.clone();
        for change in changes {
            match change {
                DetachedChange::Remove(values) => members.retain(|member| !values.contains(&member.value)),
                DetachedChange::RemoveWhere(filter) => members.retain(|member| !filter.matches_reference(member)),
                DetachedChange::RemoveAll | DetachedChange::Replace(_) => members.clear(),
                DetachedChange::Add(_) => {}
            }
            if let DetachedChange::Add(new) | DetachedChange::Replace(new) = change {
                for reference in new {
                    if exists(&reference.value) && !members.iter().any(|member| member.value == reference.value) {
                        members.push(reference.clone());
                    }
                }
            }
        }
        self.resources[at].members = members;
    }
}
