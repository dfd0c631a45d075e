use model::settings::DirectorySettings;

/// What a directory with these settings forgives: bodies are parsed with it before they are queued.
pub fn lenience(settings: DirectorySettings) -> scim::Lenience {
    normalize::lenience(settings)
}
