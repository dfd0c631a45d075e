//! The predefined custom attributes (`workos-contract.md` 8.3). Every one is always present, null when not given.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::person::Email;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Custom {
    pub addresses: Option<Vec<Value>>,
    pub cost_center_name: Option<String>,
    pub department_name: Option<String>,
    pub display_name: Option<String>,
    pub division_name: Option<String>,
    pub emails: Option<Vec<Email>>,
    pub employee_number: Option<String>,
    pub employee_type: Option<String>,
    pub employment_start_date: Option<String>,
    pub job_title: Option<String>,
    pub manager_email: Option<String>,
    pub manager_id: Option<String>,
    pub manager_name: Option<String>,
    pub organization: Option<String>,
    pub username: Option<String>,
}
