//! The header fields of a part (RFC 2045, RFC 5322).

use std::str;

use super::content_id::ContentId;
use super::content_type::ContentType;
use super::error::MtomError;

/// What is known of a part before its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartHeaders {
    /// The place of the part in the message, from 1.
    pub part: usize,
    /// `Content-ID`.
    pub content_id: Option<ContentId>,
    /// `Content-Type`.
    pub content_type: Option<ContentType>,
    /// `Content-Transfer-Encoding`.
    pub transfer_encoding: TransferEncoding,
    pub(super) root: bool,
}

/// How the content of a part was encoded for transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransferEncoding {
    /// Not at all: `binary`, `8bit` and `7bit`, the last being what no header field means.
    Identity,
    /// `base64`, decoded while it is read.
    Base64,
}

impl PartHeaders {
    /// Whether this part holds the envelope: the one that the `start` parameter names, else the first (RFC 2387, 3.2).
    pub fn is_root(&self) -> bool {
        self.root
    }

    /// Reads the block of header fields, without the empty line that ends it.
    pub(super) fn parse(block: &[u8], part: usize) -> Result<Self, MtomError> {
        let invalid = |rule| MtomError::Header { part, rule };
        let text = str::from_utf8(block).map_err(|_| invalid("it is not in UTF-8"))?;
        let mut headers = Self { part, content_id: None, content_type: None, transfer_encoding: TransferEncoding::Identity, root: false };
        let mut encoding = None;
        for field in unfolded(text, part)? {
            let (name, value) = field.split_once(':').ok_or(invalid("a name and a colon are expected"))?;
            let repeated = if name.eq_ignore_ascii_case("content-id") {
                let id = ContentId::parse(value).map_err(|source| MtomError::PartContentId { part, source })?;
                headers.content_id.replace(id).is_some()
            } else if name.eq_ignore_ascii_case("content-type") {
                let content_type = ContentType::parse(value).map_err(|source| MtomError::PartContentType { part, source })?;
                headers.content_type.replace(content_type).is_some()
            } else if name.eq_ignore_ascii_case("content-transfer-encoding") {
                encoding.replace(transfer_encoding(value, part)?).is_some()
            } else if name.is_empty() || !name.chars().all(|c| c.is_ascii_graphic()) {
                return Err(invalid("its name is empty or contains blanks"));
            } else {
                false
            };
            if repeated {
                return Err(invalid("it is given twice"));
            }
        }
        headers.transfer_encoding = encoding.unwrap_or(TransferEncoding::Identity);
        Ok(headers)
    }
}

/// The fields of a block with continuation lines joined (RFC 5322, 2.2.3).
fn unfolded(text: &str, part: usize) -> Result<Vec<String>, MtomError> {
    let mut fields: Vec<String> = Vec::new();
    for line in text.split("\r\n").filter(|line| !line.is_empty()) {
        if line.contains('\n') {
            return Err(MtomError::BareLineFeed { part });
        }
        if line.contains(|c: char| c.is_control() && c != '\t') {
            return Err(MtomError::Header { part, rule: "it contains a control character" });
        }
        match fields.last_mut() {
            Some(field) if line.starts_with([' ', '\t']) => field.push_str(line),
            _ => fields.push(line.to_owned()),
        }
    }
    Ok(fields)
}

fn transfer_encoding(value: &str, part: usize) -> Result<TransferEncoding, MtomError> {
    let value = value.trim();
    if ["binary", "8bit", "7bit"].iter().any(|known| value.eq_ignore_ascii_case(known)) {
        Ok(TransferEncoding::Identity)
    } else if value.eq_ignore_ascii_case("base64") {
        Ok(TransferEncoding::Base64)
    } else {
        Err(MtomError::TransferEncoding { part })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_whatever_their_case_and_folding() {
        let block = b"content-ID: <a@b>\r\nCONTENT-TYPE: text/xml;\r\n\tcharset=utf-8\r\nContent-Transfer-Encoding: Base64\r\nX-Other: y";
        let headers = PartHeaders::parse(block, 1).unwrap();
        assert_eq!(headers.content_id.unwrap().as_str(), "a@b");
        assert_eq!(headers.content_type.unwrap().parameter("charset"), Some("utf-8"));
        assert_eq!(headers.transfer_encoding, TransferEncoding::Base64);
        assert_eq!(PartHeaders::parse(b"", 1).unwrap().content_id, None);
    }

    #[test]
    fn odd_fields_are_refused() {
        let refused = |block: &[u8]| PartHeaders::parse(block, 3).unwrap_err();
        assert!(matches!(refused(b"nonsense"), MtomError::Header { part: 3, .. }));
        assert!(matches!(refused(b"X y: z"), MtomError::Header { .. }));
        assert!(matches!(refused(b": z"), MtomError::Header { .. }));
        assert!(matches!(refused(b"X: \xFF"), MtomError::Header { .. }));
        assert!(matches!(refused(b"X: a\0"), MtomError::Header { .. }));
        assert!(matches!(refused(b"X: a\rY: b"), MtomError::Header { .. }));
        assert!(matches!(refused(b"X: a\nContent-ID: <b>"), MtomError::BareLineFeed { .. }));
        assert!(matches!(refused(b"Content-ID: <a>\r\nContent-Id: <b>"), MtomError::Header { .. }));
        assert!(matches!(refused(b"Content-ID: <a b>"), MtomError::PartContentId { .. }));
        assert!(matches!(refused(b"Content-Type: x"), MtomError::PartContentType { .. }));
        assert!(matches!(refused(b"Content-Transfer-Encoding: quoted-printable"), MtomError::TransferEncoding { part: 3 }));
    }
}
