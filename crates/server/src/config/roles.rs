use std::fmt;
use std::str::FromStr;

/// What a node does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The SCIM door.
    Ingress,
    /// The REST API.
    Api,
    /// From the log to the bus; one node leads, the others stand by.
    Relay,
    /// From the bus to webhooks, and the rows of what was deleted.
    Delivery,
}

impl Role {
    const ALL: [Self; 4] = [Self::Ingress, Self::Api, Self::Relay, Self::Delivery];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Ingress => "ingress",
            Self::Api => "api",
            Self::Relay => "relay",
            Self::Delivery => "delivery",
        }
    }
}

/// What `serve` does.
#[derive(clap::Args)]
#[command(next_help_heading = "Roles")]
pub(crate) struct Tasks {
    /// What this node does; any number of nodes may share a role. Without Kafka, delivery brings a relay along.
    #[arg(long, env = "ROLLCALL_ROLES", value_name = "ROLES", default_value_t = Roles::all())]
    pub(crate) roles: Roles,
}

/// One role at least, in the order of the pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Roles(Vec<Role>);

impl Roles {
    pub(crate) fn all() -> Self {
        Self(Role::ALL.to_vec())
    }

    pub(crate) fn has(&self, role: Role) -> bool {
        self.0.contains(&role)
    }

    pub(crate) fn add(&mut self, role: Role) {
        let wanted = |known: &Role| self.has(*known) || *known == role;
        self.0 = Role::ALL.into_iter().filter(wanted).collect();
    }

    /// Those that it has not.
    pub(crate) fn missing(&self) -> Vec<&'static str> {
        Role::ALL.into_iter().filter(|role| !self.has(*role)).map(Role::as_str).collect()
    }
}

impl FromStr for Roles {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let named: Vec<_> = text.split(',').map(str::trim).collect();
        if let Some(unknown) = named.iter().find(|name| Role::ALL.iter().all(|role| role.as_str() != **name)) {
            return Err(format!("there is no role `{unknown}`: they are {}", Self::all()));
        }
        Ok(Self(Role::ALL.into_iter().filter(|role| named.contains(&role.as_str())).collect()))
    }
}

impl fmt::Display for Roles {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_named() {
        let check = |text: &str, expected: &str| assert_eq!(text.parse::<Roles>().unwrap().to_string(), expected);
        check("relay, ingress,relay", "ingress,relay");
        check(&Roles::all().to_string(), "ingress,api,relay,delivery");
        assert_eq!("api".parse::<Roles>().unwrap().missing(), ["ingress", "relay", "delivery"]);
        for text in ["", "ingress,,api", "web"] {
            assert!(text.parse::<Roles>().unwrap_err().ends_with("they are ingress,api,relay,delivery"), "{text}");
        }
    }
}
