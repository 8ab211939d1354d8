//! Who has to vouch for the people behind FHIR requests.

use std::time::Duration;

use super::{Profile, XuaSubjects};
use crate::settings::Settings;
use crate::settings::declaration::section;
use crate::settings::kinds::{CodeAndSystem, IssuerQuality, PublicUrl, Secret, TokenIssuer, choice};

choice! {
    /// Whether FHIR requests carry access tokens.
    IuaMode expects "\"off\", \"optional\" or \"required\"" {
        /// None is read.
        Off = "off",
        /// One that is sent has to be good.
        Optional = "optional",
        /// Every request needs one.
        Required = "required",
    }
}

choice! {
    /// A signature algorithm of access tokens (RFC 7518, 3.1).
    TokenAlgorithm expects "\"RS256\", \"RS384\", \"RS512\", \"PS256\", \"ES256\" or \"ES384\"" {
        /// RSASSA-PKCS1-v1_5 with SHA-256.
        Rs256 = "RS256",
        /// RSASSA-PKCS1-v1_5 with SHA-384.
        Rs384 = "RS384",
        /// RSASSA-PKCS1-v1_5 with SHA-512.
        Rs512 = "RS512",
        /// RSASSA-PSS with SHA-256.
        Ps256 = "PS256",
        /// ECDSA on P-256 with SHA-256.
        Es256 = "ES256",
        /// ECDSA on P-384 with SHA-384.
        Es384 = "ES384",
    }
}

section! {
    /// OAuth 2 access tokens about the people behind FHIR requests (IHE IUA, ITI-71, ITI-72, ITI-102, ITI-103).
    Iua = "iua" {
        /// "off" (none is read), "optional" (one that is sent has to be good) or "required".
        /// Not set: "required" with the profile luxembourg-dsp, "off" with others.
        mode: Option<IuaMode> = "";
        /// The trusted issuers, each as NAME=KEYS: the iss of their tokens, and their JWK Set as a file or as a URL with https
        /// (http only on the loopback address). No other address is ever asked. A changed file is taken up while the server runs.
        issuers: Vec<TokenIssuer> = "";
        /// For which qualities each issuer may vouch, each as NAME=QUALITY: professional, patient, representant-legal,
        /// administrateur-dossier, cns or etablissement. An issuer that is not listed may vouch for none; an empty list lets every
        /// issuer vouch for all of these, so set it where there is more than one. For the role admin see admin_issuers.
        qualities: Vec<IssuerQuality> = "";
        /// The names of this server as a resource server; a token has to have one of them as its aud.
        audiences: Vec<String> = "";
        /// Accepted signature algorithms. None without a signature and none with a shared secret is ever accepted.
        algorithms: Vec<TokenAlgorithm> = "RS256,RS384,RS512,PS256,ES256,ES384";
        /// How much the clocks of the issuers may differ from this server's.
        clock_skew: Duration = "1min";
        /// The longest time for which a token may be valid (IHE ITI TF-2: 3.71.9 asks for one hour at most).
        maximum_lifetime: Duration = "1h";
        /// Accepted roles, each as CODE^^SYSTEM; one of the subject's has to be among them. An empty list accepts any.
        roles: Vec<CodeAndSystem> = "";
        /// Accepted purposes of use, each as CODE^^SYSTEM; all of a token have to be among them. An empty list accepts any.
        purposes_of_use: Vec<CodeAndSystem> = "";
        /// Which of the issuers may vouch for the operator's staff (role admin, who keep the directories): names as in iua.issuers.
        /// An empty list accepts none, so that tokens with that role are refused.
        admin_issuers: Vec<String> = "";
        /// "directory" (the directories have to bear out the subject) or "any".
        /// Not set: "directory" with the profile luxembourg-dsp, "any" with others.
        subjects: Option<XuaSubjects> = "";
        /// The age at which keys from a URL, and files of keys, are looked at again.
        keys_refresh: Duration = "5min";
        /// How long keys from a URL are still used while it cannot be reached.
        keys_keep: Duration = "1d";
        /// Where clients get tokens, told to them in /fhir/.well-known/smart-configuration (SMART App Launch 2.2, 4.1).
        /// Not set: nothing is served there, unless the authorization server of the demo is on.
        token_endpoint: Option<PublicUrl> = "";
        /// Where users are sent to allow it, told in the same place.
        authorization_endpoint: Option<PublicUrl> = "";
        /// Where tokens that are no signed JWT are asked about (RFC 7662): a URL with https, or http on the loopback address.
        /// Not set: such tokens are refused.
        introspection_url: Option<PublicUrl> = "";
        /// The name of the issuer for which that address speaks.
        introspection_issuer: Option<String> = "";
        /// The name under which this server asks.
        introspection_client: Option<String> = "";
        /// Its secret. It belongs in the environment variable and is never printed.
        introspection_secret: Option<Secret> = "";
        /// How long an answer is used again; a token that is revoked is accepted for so long at most.
        introspection_cache: Duration = "10s";
    }
}

impl Settings {
    /// Whether tokens are read and required, the profile's own choice where nothing is set.
    pub fn iua_mode(&self) -> IuaMode {
        self.iua.mode.unwrap_or(match self.deployment.profile {
            Profile::LuxembourgDsp => IuaMode::Required,
            Profile::IheConnectathon => IuaMode::Off,
        })
    }

    /// Whom tokens may be about, the profile's own choice where nothing is set.
    pub fn iua_subjects(&self) -> XuaSubjects {
        self.iua.subjects.unwrap_or(match self.deployment.profile {
            Profile::LuxembourgDsp => XuaSubjects::Directory,
            Profile::IheConnectathon => XuaSubjects::Any,
        })
    }
}
