use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

use super::names::{DEPARTMENTS, DOMAIN, FAMILY, GIVEN, PLACES, STREETS};

/// An invented employee, as the provider knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    /// Place in the cast, from 0.
    pub(crate) number: usize,
    pub(crate) user_name: String,
    /// The part of the address before the `@`; unique.
    pub(crate) nickname: String,
    /// 17 letters and digits: the provider's own key, less its prefix.
    pub(crate) source_id: String,
    /// Nobody's name for a service account.
    pub(crate) given_name: Option<String>,
    /// Absent for people with a single name.
    pub(crate) family_name: Option<String>,
    pub(crate) display_name: String,
    pub(crate) email: Option<String>,
    /// Never anybody's: Okta sends a random one with every create.
    pub(crate) password: String,
    /// Absent for accounts whose administrator mapped nothing more.
    pub(crate) details: Option<Details>,
    /// Number of the manager, always lower than one's own.
    pub(crate) manager: Option<usize>,
}

/// The part of a profile that comes from the personnel system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Details {
    pub(crate) title: String,
    pub(crate) department: String,
    pub(crate) cost_center: Option<String>,
    pub(crate) employee_number: String,
    pub(crate) language: String,
    pub(crate) city: String,
    pub(crate) country: String,
    pub(crate) street: Option<String>,
    pub(crate) phone: String,
    pub(crate) mobile: Option<String>,
    pub(crate) nick_name: Option<String>,
}

const KEY: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789";

impl Person {
    pub(super) fn invent(number: usize, dice: &mut StdRng, claim: &mut dyn FnMut(&str) -> bool) -> Self {
        let (given, given_slug) = pick(dice, &GIVEN);
        let (family, family_slug) = pick(dice, &FAMILY);
        let slug = match number % 12 {
            5 => given_slug.to_owned(),
            7 => format!("svc-tide-gauge-{number:02}"),
            _ => format!("{given_slug}.{family_slug}"),
        };
        let nickname = if claim(&slug) { slug } else { format!("{slug}{number}") };
        let mut person = Self {
            number,
            user_name: format!("{nickname}@{DOMAIN}"),
            email: Some(format!("{nickname}@{DOMAIN}")),
            nickname,
            source_id: key(dice, 17),
            given_name: Some(given.to_owned()),
            family_name: Some(family.to_owned()),
            display_name: format!("{given} {family}"),
            password: format!("Zx4!{}", key(dice, 8)),
            details: Some(Details::invent(number, dice)),
            manager: (number > 0).then(|| dice.random_range(0..number)),
        };
        person.make_odd();
        person
    }

    /// Every twelve people, the kinds that break naive servers.
    fn make_odd(&mut self) {
        match self.number % 12 {
            3 => self.user_name = capitalised(&self.user_name),
            5 => {
                self.family_name = None;
                self.display_name = self.given_name.clone().unwrap_or_default();
            }
            7 => {
                self.display_name = format!("Tide Gauge {:02}", self.number);
                (self.given_name, self.family_name) = (None, None);
                (self.email, self.details, self.manager) = (None, None, None);
            }
            9 => self.details = None,
            _ => {}
        }
    }
}

impl Details {
    fn invent(number: usize, dice: &mut StdRng) -> Self {
        let (department, titles, _) = pick(dice, &DEPARTMENTS);
        let (city, country, language) = pick(dice, &PLACES);
        Self {
            title: pick(dice, titles).to_owned(),
            department: department.to_owned(),
            cost_center: None,
            employee_number: format!("FT-{number:04}"),
            language: language.to_owned(),
            city: city.to_owned(),
            country: country.to_owned(),
            street: None,
            phone: format!("+47 5500 {:04}", number % 10_000),
            mobile: None,
            nick_name: None,
        }
    }
}

pub(super) fn street(number: usize) -> &'static str {
    STREETS[number % STREETS.len()]
}

/// Random letters and digits.
fn key(dice: &mut StdRng, length: usize) -> String {
    (0..length).map(|_| char::from(pick(dice, KEY))).collect()
}

/// `ada.byron@…` as `Ada.Byron@…`: how many directories really spell it.
fn capitalised(user_name: &str) -> String {
    let mut start = true;
    let (local, domain) = user_name.split_once('@').unwrap_or((user_name, ""));
    let local: String = local
        .chars()
        .map(|letter| {
            let upper = std::mem::replace(&mut start, letter == '.');
            if upper { letter.to_ascii_uppercase() } else { letter }
        })
        .collect();
    format!("{local}@{domain}")
}

fn pick<T: Copy>(dice: &mut StdRng, from: &[T]) -> T {
    from.choose(dice).copied().unwrap_or(from[0])
}
