use super::names::{DEPARTMENTS, DOMAIN, FAMILY};
use super::person::{Details, Person, street};

impl Person {
    /// The same person after something happened in their life: a new name, or a new job. Always the same thing for the
    /// same person.
    #[must_use]
    pub(crate) fn changed(&self) -> Self {
        let mut after = self.clone();
        match (&self.details, &self.family_name) {
            (Some(details), Some(_)) if self.number.is_multiple_of(2) => {
                after.take_new_name();
                after.details = Some(details.at_home());
            }
            (Some(details), _) => after.details = Some(details.moved(self.number)),
            (None, Some(_)) => after.take_new_name(),
            (None, None) => after.display_name.push_str(" (East)"),
        }
        after
    }

    /// A marriage: new family name and address. The userName follows for every second one, as companies differ.
    fn take_new_name(&mut self) {
        let (name, slug) = FAMILY[(self.number * 7 + 3) % FAMILY.len()];
        let family = format!("{}-{name}", self.family_name.as_deref().unwrap_or_default());
        self.display_name = format!("{} {family}", self.given_name.as_deref().unwrap_or_default());
        self.family_name = Some(family);
        let address = format!("{}.{slug}{}@{DOMAIN}", self.nickname, self.number);
        if self.number.is_multiple_of(4) {
            self.user_name.clone_from(&address);
        }
        self.email = Some(address);
    }
}

impl Details {
    /// Another department, with its title and cost centre.
    fn moved(&self, number: usize) -> Self {
        let here = DEPARTMENTS.iter().position(|(name, ..)| *name == self.department).unwrap_or(0);
        let (department, titles, cost_center) = DEPARTMENTS[(here + 1) % DEPARTMENTS.len()];
        Self {
            department: department.to_owned(),
            title: titles[number % titles.len()].to_owned(),
            cost_center: Some(cost_center.to_owned()),
            mobile: Some(format!("+47 4000 {:04}", number % 10_000)),
            ..self.clone()
        }
    }

    /// Values that were unset until now.
    fn at_home(&self) -> Self {
        Self {
            street: Some(street(self.employee_number.len()).to_owned()),
            nick_name: Some("Otti".to_owned()),
            ..self.clone()
        }
    }
}
