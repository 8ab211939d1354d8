//! MTOM: a SOAP envelope and the documents it refers to as one MIME message
//! (SOAP Message Transmission Optimization Mechanism, XML-binary Optimized Packaging 1.0, RFC 2046 and RFC 2387).
//!
//! [`Multipart`] reads part after part from any [`std::io::Read`] with one buffer of 64 KiB, however large a part is;
//! [`include_of`] finds which part an element refers to; [`MtomWriter`] writes.

mod body;
mod content_id;
mod content_type;
mod error;
mod headers;
mod multipart;
mod window;
mod writer;
mod xop;

pub use body::PartBody;
pub use content_id::{ContentId, ContentIdError};
pub use content_type::{ContentType, ContentTypeError};
pub use error::{MtomError, MultipartLimits};
pub use headers::{PartHeaders, TransferEncoding};
pub use multipart::Multipart;
pub use writer::{MtomWriter, response_content_type};
pub use xop::{XopError, include_of};
