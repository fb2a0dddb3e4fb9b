//! Suggests names for profiles.

use super::store::Store;
use super::{LoginMethod, ProfileName};
use crate::base::domain::Domain;
use crate::oauth::scope::is_management_api;

/// The longest base, so that `-admin` and a number still fit in a name.
const LONGEST_BASE: usize = 64 - "-admin-99".len();

/// The most profiles that are read to make a suggestion.
const MOST_READ: usize = 100;

/// The profile that a machine-to-machine application of a tenant signs in to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AdminProfile {
    /// It exists already, and signs in as a machine at this tenant.
    Existing(ProfileName),
    /// There is no profile with this name.
    New(ProfileName),
}

impl AdminProfile {
    /// The name, whether it exists or not.
    pub fn name(&self) -> &ProfileName {
        match self {
            Self::Existing(name) | Self::New(name) => name,
        }
    }
}

impl ProfileName {
    /// The name for a tenant's profile: `acme` for acme.eu.auth0.com, `local` for this machine.
    pub fn for_tenant(domain: &Domain) -> Self {
        let first = domain.authority().split(['.', ':', '[']).next().unwrap_or_default();
        let fits = !first.bytes().all(|b| b.is_ascii_digit()) && first != "localhost";
        Self::parse(if fits { first } else { "local" })
            .or_else(|_| Self::parse("default"))
            .expect("a constant that is a name")
    }

    /// The name of a tenant's profile for a machine: `acme-admin`. `number` is appended if it is
    /// above 1.
    fn admin_of(domain: &Domain, number: u32) -> Self {
        let tenant = Self::for_tenant(domain);
        let base: String = tenant.as_str().chars().take(LONGEST_BASE).collect();
        let name =
            if number <= 1 { format!("{base}-admin") } else { format!("{base}-admin-{number}") };
        Self::parse(&name).unwrap_or(tenant)
    }
}

impl Store {
    /// The machine profile of a tenant, for its Management API: `acme-admin` if there is one, else
    /// any other such profile, else an unused name.
    pub fn admin_profile(&self, domain: &Domain) -> AdminProfile {
        let usual = self.admin_login(domain);
        if matches!(usual, AdminProfile::Existing(_)) {
            return usual;
        }
        let names = self.names().unwrap_or_default();
        let existing = names.into_iter().take(MOST_READ).find(|name| self.is_admin(name, domain));
        existing.map_or(usual, AdminProfile::Existing)
    }

    /// The profile for a new machine login at this tenant: `acme-admin` if it is such a profile or
    /// unused, else the first `acme-admin-N` for which that is true.
    pub fn admin_login(&self, domain: &Domain) -> AdminProfile {
        for number in 1..100 {
            let name = ProfileName::admin_of(domain, number);
            let Some(name) = self.find(&name) else { return AdminProfile::New(name) };
            if self.is_admin(&name, domain) {
                return AdminProfile::Existing(name);
            }
        }
        AdminProfile::New(ProfileName::admin_of(domain, 100))
    }

    /// Whether a profile signs in as a machine at this tenant, for its Management API.
    fn is_admin(&self, name: &ProfileName, domain: &Domain) -> bool {
        let Ok(Some(profile)) = self.load(name) else { return false };
        let settings = &profile.settings;
        let management = settings.audience.as_deref().is_none_or(is_management_api);
        settings.grant == Some(LoginMethod::ClientCredentials)
            && settings.domain.as_ref() == Some(domain)
            && management
    }
}

/// The name for a machine profile, without reading the existing profiles.
pub(crate) fn admin_name(domain: &Domain) -> ProfileName {
    ProfileName::admin_of(domain, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_named_after_its_tenant() {
        let long = format!("{}.eu.auth0.com", "a".repeat(63));
        let admin_of_long = format!("{}-admin", "a".repeat(LONGEST_BASE));
        for (domain, name, admin) in [
            ("acme.eu.auth0.com", "acme", "acme-admin"),
            ("http://127.0.0.1:4400", "local", "local-admin"),
            ("http://localhost:4400", "local", "local-admin"),
            ("nul.auth0.com", "default", "default-admin"),
            (&long, &"a".repeat(63), &admin_of_long),
        ] {
            let domain = Domain::parse(domain).unwrap();
            assert_eq!(ProfileName::for_tenant(&domain).as_str(), name);
            assert_eq!(admin_name(&domain).as_str(), admin);
        }
    }
}
