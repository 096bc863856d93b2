//! The lines of the journal: JSON, one event each.
//!
//! ```json
//! {"v":1,"server":"…","job":"…","event":"asked","time":"2026-11-23T12:00:00"}
//! {"v":1,"server":"…","job":"…","event":{"created":1001},"time":"2026-11-23T12:00:01","date":"2026-11-23T12:00:00"}
//! ```

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use super::super::fingerprint::{Fingerprint, ServerMark};
use crate::api::JobId;

/// The latest version of a line, which names the row. What has no row is written as version 1, which earlier programs read. Lines
/// without a version are older still: they do not name their server.
pub(super) const VERSION: u32 = 2;

/// What happened to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum JobEvent {
    /// It is about to be requested.
    Asked,
    /// The server has made it, with this id.
    Created(i64),
    /// The server failed on it.
    Failed,
    /// The server has certainly not made it.
    Refused,
}

/// One line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    /// Its [`VERSION`].
    #[serde(default)]
    pub(super) v: u32,
    pub(super) server: Option<ServerMark>,
    pub(super) job: Fingerprint,
    pub(super) event: JobEvent,
    /// When, in local time.
    pub(super) time: NaiveDateTime,
    /// When the job was created, by the server's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) date: Option<NaiveDateTime>,
    /// The job that its row would have if it took all kinds of files, where it takes some.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) row: Option<Fingerprint>,
}

/// Why a line cannot be understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineFault {
    /// It was written by a later version.
    Later(u32),
    /// It is none.
    NotALine,
}

/// What to look for in a line that is not ours.
#[derive(Deserialize)]
struct Versioned {
    v: u32,
}

impl Line {
    /// Reads a line, without its line break.
    pub(super) fn parse(bytes: &[u8]) -> Result<Line, LineFault> {
        let line = serde_json::from_slice::<Line>(bytes).ok();
        let later = |v: u32| if v > VERSION { LineFault::Later(v) } else { LineFault::NotALine };
        match line {
            Some(line) if line.v <= VERSION => Ok(line),
            Some(line) => Err(later(line.v)),
            None => Err(serde_json::from_slice(bytes).map_or(LineFault::NotALine, |Versioned { v }| later(v))),
        }
    }

    /// The line as written, with its line break.
    pub(super) fn to_text(self) -> String {
        // Plain strings and numbers: this cannot fail.
        serde_json::to_string(&self).unwrap_or_default() + "\n"
    }

    /// The id that the job got, if that is what the line says.
    pub(super) fn created(&self) -> Option<JobId> {
        match self.event {
            JobEvent::Created(id) => Some(JobId(id)),
            _ => None,
        }
    }
}

/// Whether bytes are the beginning of a line that a crash cut off.
pub(super) fn is_cut_off(bytes: &[u8]) -> bool {
    /// No line is longer.
    const LONGEST: usize = 400;
    bytes.len() < LONGEST
        && bytes.starts_with(b"{")
        && serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_err_and(|error| error.is_eof())
}

#[cfg(test)]
mod tests {
    use super::*;

    const JOB: &str = "6891a14a74824014b17307be2ba4492b";

    fn line(event: JobEvent) -> Line {
        Line {
            v: 1,
            server: Some(ServerMark::of("u")),
            job: serde_json::from_str(&format!("\"{JOB}\"")).unwrap(),
            event,
            time: "2026-11-23T12:00:00".parse().unwrap(),
            date: None,
            row: None,
        }
    }

    #[test]
    fn lines_go_round() {
        for event in [JobEvent::Asked, JobEvent::Created(7), JobEvent::Failed, JobEvent::Refused] {
            let text = line(event).to_text();
            assert_eq!(Line::parse(text.trim_end().as_bytes()), Ok(line(event)), "{text}");
        }
        let dated = Line { date: "2026-11-23T13:00:00".parse().ok(), ..line(JobEvent::Created(7)) };
        let text = dated.to_text();
        assert_eq!(Line::parse(text.trim_end().as_bytes()), Ok(dated), "{text}");
        let row = serde_json::from_str(&format!("{:?}", "0f".repeat(16))).unwrap();
        let of_a_row = Line { v: VERSION, row: Some(row), ..line(JobEvent::Asked) };
        assert_eq!(Line::parse(of_a_row.to_text().trim_end().as_bytes()), Ok(of_a_row));
        let mark = serde_json::to_string(&ServerMark::of("u")).unwrap();
        let start =
            format!("{{\"v\":1,\"server\":{mark},\"job\":\"{JOB}\",\"event\":{{\"created\":7}},\"time\":\"2026-11-");
        assert!(text.starts_with(&start), "{text}");
    }

    #[test]
    fn lines_without_a_version_are_older() {
        let text = format!(r#"{{"job":"{JOB}","event":{{"created":7}},"time":"2026-11-23T12:00:00"}}"#);
        assert_eq!(Line::parse(text.as_bytes()), Ok(Line { v: 0, server: None, ..line(JobEvent::Created(7)) }));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        let good = line(JobEvent::Created(7)).to_text();
        let changed = |from: &str, to: &str| Line::parse(good.trim_end().replace(from, to).as_bytes());
        assert_eq!(changed("\"v\":1", "\"v\":3"), Err(LineFault::Later(3)));
        assert_eq!(changed("\"v\":1,", "\"v\":3,\"kind\":[1],"), Err(LineFault::Later(3)));
        for (from, to) in [
            ("\"v\":1,", "\"more\":1,"),
            ("created", "cancelled"),
            (":00\"", ":00Z\""),
            (JOB, "0f"),
            ("7}", "\"7\"}"),
            ("{\"v", "\"v"),
            ("}", "\0"),
        ] {
            assert_eq!(changed(from, to), Err(LineFault::NotALine), "{from} -> {to}");
        }
        assert_eq!(Line::parse(b""), Err(LineFault::NotALine));
    }

    #[test]
    fn every_beginning_of_a_line_is_one_that_was_cut_off() {
        let text = line(JobEvent::Created(7)).to_text();
        let line = text.trim_end().as_bytes();
        for end in 1..line.len() {
            assert!(is_cut_off(&line[..end]), "{}", text[..end].to_owned());
        }
        assert!(!is_cut_off(line), "this one is whole");
        for other in
            [&b""[..], b"\0\0\0\0", b"\xff\xff", b"{\0\0", b"job\":\"", "{\"v\":\u{feff}".as_bytes(), &b"{".repeat(500)]
        {
            assert!(!is_cut_off(other), "{other:?}");
        }
    }
}
