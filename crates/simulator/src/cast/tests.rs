use super::*;

#[test]
fn a_seed_is_a_company() {
    let plan = Plan { users: 300, groups: 30, ..Plan::DEFAULT };
    assert_eq!(Cast::invent(&plan), Cast::invent(&plan));
    assert_ne!(Cast::invent(&plan), Cast::invent(&Plan { seed: 2, ..plan }));
}

#[test]
fn names_are_unique_before_and_after_changes() {
    let cast = Cast::invent(&Plan { users: 3_000, groups: 100, ..Plan::DEFAULT });
    let names: HashSet<String> = cast
        .people
        .iter()
        .flat_map(|it| [&it.user_name, &it.changed().user_name].map(|name| name.to_lowercase()))
        .collect();
    let renamed = cast.people.iter().filter(|it| it.user_name != it.changed().user_name).count();
    assert_eq!(names.len(), 3_000 + renamed);
    assert!(renamed > 0);
    let groups: HashSet<&str> = cast.groups.iter().map(|it| it.display_name.as_str()).collect();
    assert_eq!(groups.len(), 100);
}

#[test]
fn the_odd_ones_are_there() {
    let people = Cast::invent(&Plan { users: 200, ..Plan::DEFAULT }).people;
    let has = |what: &dyn Fn(&Person) -> bool| people.iter().any(what);
    assert!(has(&|it| it.email.is_none() && it.given_name.is_none()));
    assert!(has(&|it| it.given_name.is_some() && it.family_name.is_none()));
    assert!(has(&|it| it.display_name.contains('\u{308}') || it.display_name.contains('\u{301}')));
    assert!(has(&|it| it.user_name.contains('\'')));
    assert!(has(&|it| it.user_name.starts_with(char::is_uppercase)));
    assert!(has(&|it| it.details.is_none() && it.email.is_some()));
    assert!(people.iter().all(|it| it.user_name.ends_with(DOMAIN)));
}

#[test]
fn everyone_changes_when_changed() {
    let people = Cast::invent(&Plan { users: 200, ..Plan::DEFAULT }).people;
    assert!(people.iter().all(|it| *it != it.changed() && it.source_id == it.changed().source_id));
}

#[test]
fn members_and_managers_exist() {
    for users in [0, 1, 2, 50] {
        let cast = Cast::invent(&Plan { users, groups: 20, ..Plan::DEFAULT });
        assert!(cast.people.iter().all(|it| it.manager.is_none_or(|boss| boss < it.number)));
        for group in &cast.groups {
            let everyone: HashSet<usize> = group.members.iter().chain(&group.newcomer).copied().collect();
            assert_eq!(everyone.len(), group.members.len() + usize::from(group.newcomer.is_some()));
            assert!(everyone.iter().all(|number| *number < users));
        }
    }
}

#[test]
fn a_guid_is_version_4() {
    let mut dice = StdRng::seed_from_u64(9);
    for _ in 0..50 {
        let guid = guid(&mut dice);
        assert_eq!(guid.len(), 36);
        assert_eq!(guid.as_bytes()[14], b'4');
        assert!(b"89ab".contains(&guid.as_bytes()[19]));
    }
}
