//! The tokens that came with a request.

use doorward_domain::{Secret, SessionId};

use crate::Ports;

/// The tokens that came with a request, wherever they stood in it.
#[derive(Default)]
pub struct Presented {
    /// What claims to be an access token.
    pub access_token: Option<Secret<String>>,
    /// What claims to be a refresh token.
    pub refresh_token: Option<Secret<String>>,
    /// What claims to be a device token.
    pub device_token: Option<Secret<String>>,
}

impl Presented {
    /// The session that they name, if one of them is authentic: the access token while it has not expired, the
    /// refresh token of any generation. Whether the session is live is another question.
    pub(super) fn session_id(&self, ports: &Ports) -> Option<SessionId> {
        let by_access = || {
            let token = self.access_token.as_ref()?;
            let claims = ports.signer.verify(token.expose(), ports.clock.now()).ok()?;
            Some(claims.session_id)
        };
        let by_refresh = || {
            let token = self.refresh_token.as_ref()?;
            Some(ports.refresh_tokens.decode(token.expose()).ok()?.session_id)
        };
        by_access().or_else(by_refresh)
    }
}
