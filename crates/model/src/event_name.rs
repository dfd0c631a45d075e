//! Every public name of an event type, ours or not: what lists filter by and what endpoints subscribe to.
//!
//! Source: the WorkOS OpenAPI document 0.61.0, `CreateWebhookEndpointDto.events` and `EventSchema`. A name that is in neither is a
//! misspelling, or a phantom copied between code bases (`dsync.deactivated`): `workos-contract.md` 5 and 6.3.

/// What webhooks carry, sorted.
pub const SUBSCRIBABLE: &[&str] = &[
    "agent.registration.claim.attempt.created",
    "agent.registration.claim.completed",
    "agent.registration.created",
    "agent.registration.credential.issued",
    "agent.registration.deleted",
    "agent.registration.expired",
    "agent.registration.organization.switched",
    "agent.registration.refreshed",
    "agent.registration.revoked",
    "api_key.created",
    "api_key.revoked",
    "api_key.updated",
    "authentication.email_verification_succeeded",
    "authentication.magic_auth_failed",
    "authentication.magic_auth_succeeded",
    "authentication.mfa_succeeded",
    "authentication.oauth_failed",
    "authentication.oauth_succeeded",
    "authentication.passkey_failed",
    "authentication.passkey_succeeded",
    "authentication.password_failed",
    "authentication.password_succeeded",
    "authentication.radar_risk_detected",
    "authentication.reauthentication_succeeded",
    "authentication.sso_failed",
    "authentication.sso_started",
    "authentication.sso_succeeded",
    "authentication.sso_timed_out",
    "connection.activated",
    "connection.deactivated",
    "connection.deleted",
    "connection.saml_certificate_renewal_required",
    "connection.saml_certificate_renewed",
    "dsync.activated",
    "dsync.deleted",
    "dsync.group.created",
    "dsync.group.deleted",
    "dsync.group.updated",
    "dsync.group.user_added",
    "dsync.group.user_removed",
    "dsync.user.created",
    "dsync.user.deleted",
    "dsync.user.updated",
    "email_verification.created",
    "flag.created",
    "flag.deleted",
    "flag.rule_updated",
    "flag.updated",
    "group.created",
    "group.deleted",
    "group.member_added",
    "group.member_removed",
    "group.updated",
    "invitation.accepted",
    "invitation.created",
    "invitation.resent",
    "invitation.revoked",
    "magic_auth.created",
    "organization.created",
    "organization.deleted",
    "organization.updated",
    "organization_domain.created",
    "organization_domain.deleted",
    "organization_domain.updated",
    "organization_domain.verification_failed",
    "organization_domain.verified",
    "organization_membership.created",
    "organization_membership.deleted",
    "organization_membership.updated",
    "organization_role.created",
    "organization_role.deleted",
    "organization_role.updated",
    "password_reset.created",
    "password_reset.succeeded",
    "permission.created",
    "permission.deleted",
    "permission.updated",
    "pipes.connected_account.connected",
    "pipes.connected_account.connection_failed",
    "pipes.connected_account.disconnected",
    "pipes.connected_account.reauthorization_needed",
    "radar.challenge_created",
    "role.created",
    "role.deleted",
    "role.updated",
    "session.created",
    "session.revoked",
    "user.created",
    "user.deleted",
    "user.updated",
    "waitlist_user.approved",
    "waitlist_user.created",
    "waitlist_user.denied",
];

/// What only the events API shows, sorted.
pub const LOG_ONLY: &[&str] = &[
    "action.authentication.denied",
    "action.user_registration.denied",
    "authentication.email_verification_failed",
    "authentication.mfa_failed",
    "dsync.token.created",
    "dsync.token.revoked",
    "vault.byok_key.deleted",
    "vault.byok_key.verification_completed",
    "vault.data.created",
    "vault.data.deleted",
    "vault.data.read",
    "vault.data.updated",
    "vault.dek.decrypted",
    "vault.dek.read",
    "vault.kek.created",
    "vault.kek.deleted",
    "vault.metadata.read",
    "vault.names.listed",
];

/// Whether a list of events may be filtered by this name.
pub fn is_known(name: &str) -> bool {
    is_subscribable(name) || LOG_ONLY.binary_search(&name).is_ok()
}

/// Whether a webhook endpoint may subscribe to this name.
pub fn is_subscribable(name: &str) -> bool {
    SUBSCRIBABLE.binary_search(&name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::EventType;

    #[test]
    fn names_are_known_exactly() {
        let check = |name: &str, known: bool, subscribable: bool| {
            assert_eq!((is_known(name), is_subscribable(name)), (known, subscribable), "{name}");
        };
        check("dsync.user.created", true, true);
        check("dsync.token.created", true, false);
        check("user.created", true, true);
        check("vault.data.created", true, false);
        for unknown in ["dsync.deactivated", "dsync.user.create", "user.", "user.Created", "*", "anything", ""] {
            check(unknown, false, false);
        }
    }

    #[test]
    fn the_lists_are_sorted_and_hold_all_that_is_recorded() {
        let all: Vec<_> = SUBSCRIBABLE.iter().chain(LOG_ONLY).collect();
        assert_eq!((SUBSCRIBABLE.len(), all.len()), (93, 111));
        assert!(SUBSCRIBABLE.is_sorted_by(|a, b| a < b) && LOG_ONLY.is_sorted_by(|a, b| a < b));
        assert!(LOG_ONLY.iter().all(|name| !is_subscribable(name)));
        assert!(EventType::ALL.iter().all(|kind| is_known(kind.as_str())));
    }
}
