//! The OAuth 2.0 and OpenID Connect endpoints.

mod access;
pub(crate) mod authenticate;
pub(crate) mod authorize;
pub(crate) mod device;
pub(crate) mod discovery;
pub(crate) mod form;
pub(crate) mod issue;
pub(crate) mod logout;
pub(crate) mod token;
pub(crate) mod userinfo;
