use hyper::body::Bytes;

use crate::cast::{DOMAIN, Details, Person};
use crate::wire::Idp;

/// Stands where each user's own key goes.
const MARK: &str = "{{key}}";

/// The bodies of one client's creates, each with a key of its own: 17 hex digits of seed, client and number.
pub(super) struct Bodies {
    pieces: Vec<String>,
    prefix: String,
    next: u64,
}

impl Bodies {
    pub(super) fn new(seed: u64, client: usize) -> Self {
        let body = Idp::Okta.wire().create_user(&person(MARK)).body.unwrap_or_default().to_string();
        let pieces = body.split(MARK).map(str::to_owned).collect();
        Self { pieces, prefix: prefix(seed, client), next: 0 }
    }

    pub(super) fn render(&mut self) -> Bytes {
        let key = format!("{}{:08x}", self.prefix, self.next);
        self.next += 1;
        self.pieces.join(&key).into()
    }
}

/// The part of a key that one client has to itself.
pub(crate) fn prefix(seed: u64, client: usize) -> String {
    format!("{:05x}{:04x}", seed & 0xf_ffff, client & 0xffff)
}

/// A well-filled Okta user whose names and ids end in `key`.
pub(crate) fn person(key: &str) -> Person {
    let address = format!("tobiah.lindqvist.{key}@{DOMAIN}");
    Person {
        number: 0,
        user_name: address.clone(),
        nickname: key.to_owned(),
        source_id: key.to_owned(),
        given_name: Some("Tobiah".to_owned()),
        family_name: Some("Lindqvist".to_owned()),
        display_name: "Tobiah Lindqvist".to_owned(),
        email: Some(address),
        password: "Zx4!qmPd".to_owned(),
        details: Some(details(key)),
        manager: None,
    }
}

fn details(key: &str) -> Details {
    Details {
        title: "Turbine Technician".to_owned(),
        department: "Turbine Maintenance".to_owned(),
        cost_center: Some("CC-420".to_owned()),
        employee_number: format!("FT-{key}"),
        language: "en-US".to_owned(),
        city: "Aberdeen".to_owned(),
        country: "GB".to_owned(),
        street: None,
        phone: "+44 1224 555 0199".to_owned(),
        mobile: None,
        nick_name: None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::Value;

    use super::*;

    #[test]
    fn bodies_are_okta_users_of_realistic_size() {
        let body = Bodies::new(1, 0).render();
        assert!((600..=800).contains(&body.len()), "{} bytes", body.len());
        let user: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(user["userName"], "tobiah.lindqvist.00001000000000000@fennimoretidal.example");
        assert_eq!(user["externalId"].as_str().unwrap().len(), 20);
        assert!(!String::from_utf8_lossy(&body).contains(MARK));
    }

    #[test]
    fn no_two_users_are_alike() {
        let mut clients: Vec<Bodies> = [(1, 0), (1, 1), (2, 0)].map(|(seed, client)| Bodies::new(seed, client)).into();
        let names: HashSet<Bytes> =
            (0..10).flat_map(|_| clients.iter_mut().map(Bodies::render).collect::<Vec<_>>()).collect();
        assert_eq!(names.len(), 30);
    }
}
