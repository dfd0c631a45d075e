//! I4: nothing of one tenant comes to another, and nothing that its receiver would refuse.

use std::collections::BTreeMap;

use crate::record::Record;

pub(super) fn check(record: &Record) -> Vec<String> {
    let known = record.log.iter().flat_map(|(environment, log)| log.iter().map(move |event| (environment, event)));
    let known: BTreeMap<&str, _> =
        known.map(|(environment, event)| (event.id.as_str(), (environment, event))).collect();
    let mut broken = Vec::new();
    for endpoint in &record.endpoints {
        for arrival in &endpoint.arrivals {
            let (name, event) = (&endpoint.name, &arrival.event);
            match known.get(event.as_str()) {
                None => broken.push(format!("{name} got {event}, which no log holds")),
                Some((environment, _)) if **environment != endpoint.environment => {
                    broken.push(format!("{name} of {} got {event} of {environment}", endpoint.environment));
                }
                Some((_, logged)) if logged.body != arrival.body => {
                    broken.push(format!("{name} got {event} with another body than the log's"));
                }
                Some((_, logged)) if !endpoint.subscribed.contains(&logged.kind) => {
                    broken.push(format!("{name} got {event}, a {} that it did not ask for", logged.kind));
                }
                Some(_) if !arrival.verified => broken.push(format!("{name} got {event} under another secret")),
                Some(_) if arrival.stale && !record.clocks_differ => {
                    broken.push(format!("{name} got {event} under the signature of another time"));
                }
                Some(_) => {}
            }
        }
    }
    broken
}
