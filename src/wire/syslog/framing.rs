//! Messages in a stream (RFC 5425, 4.3): each after its length in bytes and a space.

/// The message in its frame.
pub fn frame(message: &[u8]) -> Vec<u8> {
    [message.len().to_string().as_bytes(), b" ", message].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_counted_not_characters() {
        assert_eq!(frame("né".as_bytes()), "3 né".as_bytes());
    }
}
