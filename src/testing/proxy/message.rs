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

    /// The same answer, compressed with gzip.
    pub(super) fn compressed(&self) -> io::Result<Message> {
        let head = String::from_utf8_lossy(&self.head);
        let is_kept = |line: &&str| !line.to_ascii_lowercase().starts_with("content-length:") && !line.is_empty();
        let head: Vec<&str> = head.lines().filter(is_kept).collect();
        Ok(Message::in_gzip(&head.join("\r\n"), gzip(&mut self.body.as_slice())?))
    }

    /// 64 MiB of spaces.
    pub(super) fn bomb() -> io::Result<Message> {
        // Compressed data can follow each other: the same mebibyte 64 times.
        let mebibyte = gzip(&mut io::repeat(b' ').take(1 << 20))?;
        Ok(Message::in_gzip("HTTP/1.1 200 OK\r\nContent-Type: application/json", mebibyte.repeat(64)))
    }

    fn in_gzip(head: &str, body: Vec<u8>) -> Message {
        let head = format!("{head}\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", body.len());
        Message { head: head.into_bytes(), body }
    }

    /// Sends it in one piece: two small ones would wait for each other.
    pub(super) fn write(&self, stream: &mut impl Write) -> io::Result<()> {
        stream.write_all(&[self.head.as_slice(), &self.body].concat())
    }

    /// Turns a request to a proxy, `GET http://host/path`, into one to a server, `GET /path`.
    pub(super) fn forget_host(&mut self) {
        let line = self.first_line();
        let Some(path) = line.get(1).and_then(|target| target.split_once("://")).map(|(_, rest)| rest) else { return };
        let path = path.find('/').map_or("/", |start| &path[start..]);
        let first_line = [line[0].as_str(), path, "HTTP/1.1"].join(" ").into_bytes();
        let end = self.head.iter().position(|byte| *byte == b'\r').unwrap_or(self.head.len());
        self.head.splice(..end, first_line);
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

fn gzip(bytes: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    io::copy(bytes, &mut encoder)?;
    encoder.finish()
}
