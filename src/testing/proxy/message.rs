//! HTTP/1.1 messages with a length, byte for byte.

use std::io::{self, Read, Write};

/// More than any head that is sent on purpose.
const LONGEST_HEAD: usize = 1 << 20;

/// A request or an answer as it came.
#[derive(Debug, Clone)]
pub(super) struct Message {
    /// Everything up to the empty line, which is included.
    pub(super) head: Vec<u8>,
    pub(super) body: Vec<u8>,
}

impl Message {
    /// Reads the next message; `None` if the other side has closed the connection between two.
    pub(super) fn read(stream: &mut impl Read) -> io::Result<Option<Message>> {
        let mut bytes = Vec::new();
        let mut chunk = [0; 16 * 1024];
        let head_end = loop {
            if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            match stream.read(&mut chunk)? {
                0 if bytes.is_empty() => return Ok(None),
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                _ if bytes.len() > LONGEST_HEAD => return Err(io::ErrorKind::InvalidData.into()),
                count => bytes.extend_from_slice(&chunk[..count]),
            }
        };
        let body = bytes.split_off(head_end);
        let mut message = Message { head: bytes, body };
        let length: usize = message.header("content-length").and_then(|value| value.parse().ok()).unwrap_or(0);
        let missing = u64::try_from(length.saturating_sub(message.body.len())).unwrap_or(u64::MAX);
        stream.take(missing).read_to_end(&mut message.body)?;
        if message.body.len() < length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(Some(message))
    }

    /// An answer that closes the connection.
    pub(super) fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Message {
        let reason = reqwest::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
        let mut head = format!("HTTP/1.1 {status} {}\r\n", reason.unwrap_or("Unknown"));
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
        Message { head: head.into_bytes(), body: body.as_bytes().to_vec() }
    }

    /// Sends it in one piece: two small ones would wait for each other.
    pub(super) fn write(&self, stream: &mut impl Write) -> io::Result<()> {
        stream.write_all(&[self.head.as_slice(), &self.body].concat())
    }

    /// The words of the first line.
    pub(super) fn first_line(&self) -> Vec<String> {
        let head = String::from_utf8_lossy(&self.head);
        head.lines().next().unwrap_or_default().split(' ').map(str::to_owned).collect()
    }

    pub(super) fn header(&self, name: &str) -> Option<String> {
        let head = String::from_utf8_lossy(&self.head);
        let mut pairs = head.lines().skip(1).filter_map(|line| line.split_once(':'));
        pairs.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
    }
}
