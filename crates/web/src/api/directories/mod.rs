//! `/directories`, and their tokens.

mod body;
mod create;
mod delete;
mod find;
mod list;
mod parked;
mod sync;
mod tokens;
mod update;
mod view;

use utoipa_actix_web::service_config::ServiceConfig;

pub use view::CreatedDirectory;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list::list_directories)
        .service(create::create_directory)
        .service(find::get_directory)
        .service(update::update_directory)
        .service(delete::delete_directory)
        .service(sync::sync_directory)
        .service(parked::list_parked_references)
        .service(tokens::list_directory_tokens)
        .service(tokens::create_directory_token)
        .service(tokens::revoke_directory_token);
}
