//! Users: rows and nouns, the lookups of a batch, SCIM's and REST's lists.

use std::collections::{BTreeMap, BTreeSet};

use model::Timestamp;
use model::id::{DirectoryId, UserId};
use model::resource::{User, UserDocument, UserView};
use model::view::UserState;
use sea_orm::ActiveValue::Set;
use sea_orm::FromQueryResult;
use serde_json::Value;

use crate::error::Error;
use crate::table::user::{ActiveModel, Model};
use crate::{Tx, read};

pub(crate) fn noun(row: Model) -> Result<User, Error> {
    let corrupt = || Error::Corrupt { what: "user" };
    let document = row.document.map(|json| {
        let user_name_key = row.user_name_key.ok_or_else(corrupt)?;
        let (display_name_key, external_id, active) = (row.display_name_key, row.external_id, row.active);
        let mail_keys = match row.mail_keys {
            Some(several) => serde_json::from_str(&several).map_err(|_| corrupt())?,
            None => row.mail_key.into_iter().collect(),
        };
        Ok::<_, Error>(UserDocument { json, user_name_key, display_name_key, external_id, mail_keys, active })
    });
    let view = row.view.map(|json| {
        let state = row.state.as_deref().and_then(UserState::parse).ok_or_else(corrupt)?;
        let idp_id = row.idp_id.ok_or_else(corrupt)?;
        Ok::<_, Error>(UserView { json, idp_id, email_key: row.email_key, state })
    });
    Ok(User {
        id: read::id(&row.id)?,
        environment_id: read::id(&row.environment_id)?,
        directory_id: read::id(&row.directory_id)?,
        version: row.version,
        created_at: Timestamp(row.created_at),
        updated_at: Timestamp(row.updated_at),
        document: document.transpose()?,
        view: view.transpose()?,
    })
}

fn row(user: User) -> ActiveModel {
    let mut row = ActiveModel {
        id: Set(user.id.to_string()),
        environment_id: Set(user.environment_id.to_string()),
        directory_id: Set(user.directory_id.to_string()),
        version: Set(user.version),
        created_at: Set(user.created_at.0),
        updated_at: Set(user.updated_at.0),
        document: Set(None),
        user_name_key: Set(None),
        display_name_key: Set(None),
        external_id: Set(None),
        active: Set(false),
        view: Set(None),
        idp_id: Set(None),
        email_key: Set(None),
        state: Set(None),
        mail_key: Set(None),
        mail_keys: Set(None),
    };
    if let Some(document) = user.document {
        row.document = Set(Some(document.json));
        row.user_name_key = Set(Some(document.user_name_key));
        row.display_name_key = Set(document.display_name_key);
        row.external_id = Set(document.external_id);
        let (one, several) = mail_columns(document.mail_keys);
        (row.mail_key, row.mail_keys) = (Set(one), Set(several));
        row.active = Set(document.active);
    }
    if let Some(view) = user.view {
        row.view = Set(Some(view.json));
        row.idp_id = Set(Some(view.idp_id));
        row.email_key = Set(view.email_key);
        row.state = Set(Some(view.state.as_str().to_owned()));
    }
    row
}

fn mail_columns(mut keys: Vec<String>) -> (Option<String>, Option<String>) {
    if keys.len() < 2 { (keys.pop(), None) } else { (None, Some(Value::from(keys).to_string())) }
}

pub(crate) fn rows(users: Vec<User>) -> Vec<ActiveModel> {
    users.into_iter().map(row).collect()
}

impl Tx {
    /// The users with these ids and those with these user names (case keys), each within its directory. One statement.
    pub async fn load_users(
        &self,
        ids: &BTreeSet<(DirectoryId, UserId)>,
        user_name_keys: &BTreeSet<(DirectoryId, String)>,
    ) -> Result<Vec<User>, Error> {
        let (ids, names) = (read::pairs(ids.iter().copied()), read::pairs(user_name_keys.iter().map(|(d, n)| (d, n))));
        let rows = self.load_by_id_or_key::<Model>("users", "user_name_key", ids, names).await?;
        rows.into_iter().map(noun).collect()
    }

    /// The users with these external ids, each within its directory; the first `most` of those that share one. One statement.
    pub async fn load_users_by_external_id(
        &self,
        external_ids: &BTreeSet<(DirectoryId, String)>,
        most: usize,
    ) -> Result<Vec<User>, Error> {
        let dialect = self.store.0.dialect;
        let (keys, values) = dialect.rows("k", read::pairs(external_ids.iter().map(|(d, n)| (d, n))), 1);
        let sql = dialect.lookup_first(&keys, "users", "t.directory_id = k.c0 AND t.external_id = k.c1", most);
        let rows: Vec<Model> = read::all(&self.tx, dialect, &sql, values).await?;
        rows.into_iter().map(noun).collect()
    }

    /// Which of these users their directory does not have. One statement, which reads no document.
    pub async fn absent_users(&self, ids: &[(DirectoryId, UserId)]) -> Result<BTreeSet<(DirectoryId, UserId)>, Error> {
        let dialect = self.store.0.dialect;
        let (keys, values) = dialect.rows("k", read::pairs(ids.iter().copied()), 1);
        let sql = format!(
            "SELECT k.c0 AS directory_id, k.c1 AS id FROM {keys} WHERE NOT EXISTS (SELECT 1 FROM users t \
             WHERE t.id = k.c1 AND t.directory_id = k.c0 AND t.document IS NOT NULL)"
        );
        let rows: Vec<Named> = read::all(&self.tx, dialect, &sql, values).await?;
        rows.iter().map(|row| Ok((read::id(&row.directory_id)?, read::id(&row.id)?))).collect()
    }

    /// What the application was told of these users of a directory that the transaction holds. One statement.
    pub async fn load_views(&self, of: DirectoryId, ids: &[UserId]) -> Result<BTreeMap<UserId, String>, Error> {
        let dialect = self.store.0.dialect;
        let (keys, values) = dialect.rows("k", read::pairs(ids.iter().map(|id| (of, *id))), 1);
        let found = dialect.lookup(&keys, "users", "t.id = k.c1 AND t.directory_id = k.c0");
        let sql = format!("SELECT u.id, u.view FROM ({found}) AS u WHERE u.view IS NOT NULL");
        let rows: Vec<View> = read::all(&self.tx, dialect, &sql, values).await?;
        rows.into_iter().map(|row| Ok((read::id(&row.id)?, row.view))).collect()
    }
}

#[derive(FromQueryResult)]
struct Named {
    directory_id: String,
    id: String,
}

#[derive(FromQueryResult)]
struct View {
    id: String,
    view: String,
}
