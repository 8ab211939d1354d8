//! A name and a quality for which it vouches.

use super::{Base, Kind, Shown, Unacceptable, quoted};
use crate::model::person::{ADMIN, PROFESSIONAL, QUALITIES};

/// An issuer and a quality in which people may call whom it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerQuality {
    /// The name as it stands in assertions and tokens.
    pub issuer: String,
    /// A code of [`QUALITIES`], or [`PROFESSIONAL`]; but not [`ADMIN`], which has a setting of its own.
    pub quality: String,
}

impl Kind for IssuerQuality {
    const EXPECTED: &'static str = "NAME=QUALITY, such as \"https://idp.example=patient\"; the qualities are professional, patient, representant-legal, \
         administrateur-dossier, cns and etablissement";

    fn parse(text: &str, _: &Base) -> Result<Self, Unacceptable> {
        // A name may be a URI with a query.
        let Some((issuer, quality)) = text.rsplit_once('=').map(|(name, quality)| (name.trim(), quality.trim())) else {
            return Err(Unacceptable(format!("{} has no sign of equality", quoted(text))));
        };
        let is_known = quality == PROFESSIONAL || quality != ADMIN && QUALITIES.contains(&quality);
        match !issuer.is_empty() && is_known {
            true => Ok(Self { issuer: issuer.to_owned(), quality: quality.to_owned() }),
            false => Err(Unacceptable(format!("{} names no issuer, or an unknown quality", quoted(text)))),
        }
    }

    fn show(&self) -> Shown {
        Shown::Text(format!("{}={}", self.issuer, self.quality))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_qualities_that_there_are_can_be_named() {
        let read = |text: &str| IssuerQuality::parse(text, &Base::default());
        let known = read("https://idp.example/?a=b = patient").unwrap();
        assert_eq!((known.issuer.as_str(), known.quality.as_str()), ("https://idp.example/?a=b", "patient"));
        assert_eq!(known.show(), Shown::Text("https://idp.example/?a=b=patient".to_owned()));
        assert!(read("idp=professional").is_ok() && read("idp=cns").is_ok());
        for bad in ["", "idp", "idp=admin", "=patient", "idp=", "idp=Patient", "idp=medecin"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
