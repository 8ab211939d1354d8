//! `xop:Include`: which part holds the bytes of an element (XML-binary Optimized Packaging 1.0, 2.1).

use thiserror::Error;

use super::content_id::{ContentId, ContentIdError};
use crate::wire::xml::{Element, ns};

/// Why an `xop:Include` was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum XopError {
    /// There is something beside the `xop:Include`.
    #[error("an element with xop:Include may contain exactly that one element and no text")]
    NotAlone,
    /// It does not say where the bytes are.
    #[error("xop:Include has no href attribute")]
    NoHref,
    /// It refers to something that is no part of the message.
    #[error("the href of xop:Include is not valid: {0}")]
    Href(#[from] ContentIdError),
}

/// The part that the `xop:Include` inside `element` refers to; `None` if there is no `xop:Include`, so that the bytes
/// are inline as base64.
///
/// References to anything but a part of the same message are refused, never followed.
pub fn include_of(element: &Element) -> Result<Option<ContentId>, XopError> {
    let Some(include) = element.child(ns::XOP, "Include") else {
        return Ok(None);
    };
    if element.elements().count() != 1 || !element.text_cow().trim().is_empty() {
        return Err(XopError::NotAlone);
    }
    let href = include.attribute("href").ok_or(XopError::NoHref)?;
    Ok(Some(ContentId::from_cid_url(href)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::xml::{XmlLimits, parse};

    fn include(content: &str) -> Result<Option<ContentId>, XopError> {
        let xml = format!("<Document xmlns:x=\"{}\">{content}</Document>", ns::XOP);
        include_of(&parse(xml.as_bytes(), &XmlLimits::default()).unwrap())
    }

    #[test]
    fn finds_the_part() {
        assert_eq!(include("\n <x:Include href='cid:a%40b'/>\n").unwrap().unwrap().as_str(), "a@b");
        assert_eq!(include("aGVsbG8="), Ok(None));
        assert_eq!(include("<Include href='cid:a'/>"), Ok(None), "another namespace");
    }

    #[test]
    fn refuses_what_is_not_one_part_of_this_message() {
        for outside in ["file:///etc/passwd", "http://169.254.169.254/latest", "HTTPS://a", "ftp://a", "a", ""] {
            let refused = include(&format!("<x:Include href='{outside}'/>"));
            assert_eq!(refused, Err(XopError::Href(ContentIdError::NotInMessage)), "{outside}");
        }
        assert_eq!(include("<x:Include/>"), Err(XopError::NoHref));
        assert_eq!(include("<x:Include href='cid:a'/><x:Include href='cid:b'/>"), Err(XopError::NotAlone));
        assert_eq!(include("<x:Include href='cid:a'/>aGk="), Err(XopError::NotAlone));
        assert_eq!(include("<b/><x:Include href='cid:a'/>"), Err(XopError::NotAlone));
    }
}
