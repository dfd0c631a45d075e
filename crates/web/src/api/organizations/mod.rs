//! `/organizations`.

mod body;
mod create;
mod delete;
mod find;
mod list;
mod update;

use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list::list_organizations)
        .service(create::create_organization)
        .service(find::get_organization)
        .service(find::get_organization_by_external_id)
        .service(update::update_organization)
        .service(delete::delete_organization);
}
