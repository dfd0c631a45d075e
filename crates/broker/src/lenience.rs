/// The departures that every directory forgives: what bodies are parsed with before they are queued.
pub fn lenience() -> scim::Lenience {
    normalize::lenience()
}
