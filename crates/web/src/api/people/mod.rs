//! `/directory_users` and `/directory_groups`.

mod groups;
mod users;

use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(users::list_directory_users)
        .service(users::get_directory_user)
        .service(groups::list_directory_groups)
        .service(groups::get_directory_group);
}
