//! Who has to vouch for the people behind SOAP requests.

use std::time::Duration;

use super::Profile;
use crate::settings::Settings;
use crate::settings::declaration::section;
use crate::settings::kinds::{CodeAndSystem, IssuerFile, IssuerQuality, choice};

choice! {
    /// Whether SOAP requests carry assertions about people.
    XuaMode expects "\"off\", \"optional\" or \"required\"" {
        /// None is read.
        Off = "off",
        /// One that is sent has to be good.
        Optional = "optional",
        /// Every request needs one.
        Required = "required",
    }
}

choice! {
    /// Whom assertions may be about.
    XuaSubjects expects "\"directory\" or \"any\"" {
        /// Professionals of the directory with a valid licence.
        Directory = "directory",
        /// Anybody an issuer vouches for.
        Any = "any",
    }
}

choice! {
    /// Which assertions may be used once only.
    OneTimeUse expects "\"as-stated\" or \"always\"" {
        /// Those that say so of themselves.
        AsStated = "as-stated",
        /// All.
        Always = "always",
    }
}

section! {
    /// SAML 2.0 assertions about the people behind SOAP requests (IHE XUA, ITI-40).
    Xua = "xua" {
        /// "off" (none is read), "optional" (one that is sent has to be good) or "required".
        /// Not set: "required" with the profile luxembourg-dsp, "off" with others.
        mode: Option<XuaMode> = "";
        /// The trusted issuers, each as NAME=FILE: the name that stands in their assertions, and a file with their certificates
        /// in PEM. Several files or certificates for one name are all trusted while they are valid: so keys are changed.
        issuers: Vec<IssuerFile> = "";
        /// For which qualities each issuer may vouch, each as NAME=QUALITY: professional, patient, representant-legal,
        /// administrateur-dossier, cns or etablissement. An issuer that is not listed may vouch for none; an empty list lets every
        /// issuer vouch for all of these, so set it where there is more than one. For the role admin see admin_issuers.
        qualities: Vec<IssuerQuality> = "";
        /// The names of this server as a service; an assertion has to be made for one of them.
        audiences: Vec<String> = "";
        /// Addresses that a subject confirmation may name as its recipient, beside the audiences.
        recipients: Vec<String> = "";
        /// How much the clocks of the issuers may differ from this server's.
        clock_skew: Duration = "1min";
        /// The longest time for which an assertion may be valid.
        maximum_lifetime: Duration = "4h";
        /// Accepted ways of authentication (AuthnContextClassRef). The default are the strong ones; an empty list accepts any.
        authn_contexts: Vec<String> = "urn:oasis:names:tc:SAML:2.0:ac:classes:X509,urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI,urn:oasis:names:tc:SAML:2.0:ac:classes:Smartcard,urn:oasis:names:tc:SAML:2.0:ac:classes:SoftwarePKI,urn:oasis:names:tc:SAML:2.0:ac:classes:TLSClient,urn:oasis:names:tc:SAML:2.0:ac:classes:TimeSyncToken,urn:oasis:names:tc:SAML:2.0:ac:classes:MobileTwoFactorContract";
        /// Accepted roles, each as CODE^^SYSTEM; one of the subject's has to be among them. An empty list accepts any.
        roles: Vec<CodeAndSystem> = "";
        /// Accepted purposes of use, each as CODE^^SYSTEM; all of an assertion have to be among them. An empty list accepts any.
        purposes_of_use: Vec<CodeAndSystem> = "";
        /// Which of the issuers may vouch for the operator's staff (role admin, who keep the directories): names as in xua.issuers.
        /// An empty list accepts none, so that assertions with that role are refused.
        admin_issuers: Vec<String> = "";
        /// "as-stated" (an assertion with OneTimeUse is accepted once) or "always" (every assertion is accepted once only).
        one_time_use: OneTimeUse = "as-stated";
        /// "directory" (the subject has to be in the directory of professionals, with a valid licence) or "any".
        /// Not set: "directory" with the profile luxembourg-dsp, "any" with others.
        subjects: Option<XuaSubjects> = "";
    }
}

impl Settings {
    /// Whether assertions are read and required, the profile's own choice where nothing is set.
    pub fn xua_mode(&self) -> XuaMode {
        self.xua.mode.unwrap_or(match self.deployment.profile {
            Profile::LuxembourgDsp => XuaMode::Required,
            Profile::IheConnectathon => XuaMode::Off,
        })
    }

    /// Whom assertions may be about, the profile's own choice where nothing is set.
    pub fn xua_subjects(&self) -> XuaSubjects {
        self.xua.subjects.unwrap_or(match self.deployment.profile {
            Profile::LuxembourgDsp => XuaSubjects::Directory,
            Profile::IheConnectathon => XuaSubjects::Any,
        })
    }
}
