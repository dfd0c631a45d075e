//! `/webhook_endpoints`. The contract knows no way to get one by its id.

mod body;
mod create;
mod delete;
mod list;
mod update;

use broker::Reach;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::Settings;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list::list_webhook_endpoints)
        .service(create::create_webhook_endpoint)
        .service(update::update_webhook_endpoint)
        .service(delete::delete_webhook_endpoint);
}

/// How far webhooks of this house may reach.
const fn reach(settings: &Settings) -> Reach {
    if settings.allow_private_endpoints { Reach::Private } else { Reach::Public }
}
