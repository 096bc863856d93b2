//! The lines of the journal: JSON, one event each.
//!
//! ```json
//! {"v":1,"server":"…","job":"…","event":"asked","time":"2026-11-23T12:00:00"}
//! {"v":1,"server":"…","job":"…","event":{"created":1001},"time":"2026-11-23T12:00:01","date":"2026-11-23T12:00:00"}
//! ```

use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

use super::super::fingerprint::{Fingerprint, ServerMark};
use crate::api::JobId;

/// The latest version of a line, which names the row. What has no row is written as version 1, which earlier programs read. Lines
/// without a version are older still: they do not name their server.
pub(super) const VERSION: u32 = 2;

/// What happened to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Event {
    /// It is about to be asked for.
    Asked,
    /// The server has made it, with this id.
    Created(i64),
    /// The server failed on it.
    Failed,
    /// The server has certainly not made it.
    Refused,
}

/// One line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) server: Option<ServerMark>,
    pub(super) job: Fingerprint,
    pub(super) event: Event,
    /// When, in local time.
    pub(super) time: NaiveDateTime,
    /// When the job was created, by the server's clock.
    pub(super) date: Option<NaiveDateTime>,
    /// The job that its row would have if it took all kinds of files, where it takes some.
    pub(super) row: Option<Fingerprint>,
}

/// Why a line cannot be understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// It was written by a later version.
    Later(u32),
    /// It is none.
    NotALine,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw<'a> {
    #[serde(default)]
    v: u32,
    server: Option<&'a str>,
    job: &'a str,
    event: Event,
    time: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<&'a str>,
}

/// What is looked for in a line that is none of ours.
#[derive(Deserialize)]
struct Versioned {
    v: u32,
}

impl Line {
    /// Reads a line, without its line break.
    pub(super) fn parse(bytes: &[u8]) -> Result<Line, Fault> {
        let fault = || match serde_json::from_slice::<Versioned>(bytes) {
            Ok(Versioned { v }) if v > VERSION => Fault::Later(v),
            _ => Fault::NotALine,
        };
        let raw: Raw = serde_json::from_slice(bytes).map_err(|_| fault())?;
        if raw.v > VERSION {
            return Err(Fault::Later(raw.v));
        }
        let wrong = |_| Fault::NotALine;
        Ok(Line {
            server: raw.server.map(str::parse).transpose().map_err(wrong)?,
            job: raw.job.parse().map_err(wrong)?,
            event: raw.event,
            time: time(raw.time).ok_or(Fault::NotALine)?,
            date: raw.date.map(|date| time(date).ok_or(Fault::NotALine)).transpose()?,
            row: raw.row.map(str::parse).transpose().map_err(wrong)?,
        })
    }

    /// The line as it is written, with its line break.
    pub(super) fn to_text(self) -> String {
        let text = |time: NaiveDateTime| time.format("%Y-%m-%dT%H:%M:%S").to_string();
        let raw = Raw {
            v: if self.row.is_some() { VERSION } else { 1 },
            server: self.server.map(|server| server.to_string()).as_deref(),
            job: &self.job.to_string(),
            event: self.event,
            time: &text(self.time),
            date: self.date.map(text).as_deref(),
            row: self.row.map(|row| row.to_string()).as_deref(),
        }
        .to_json();
        raw + "\n"
    }

    /// The id that the job got, if that is what the line says.
    pub(super) fn created(&self) -> Option<JobId> {
        match self.event {
            Event::Created(id) => Some(JobId(id)),
            _ => None,
        }
    }
}

impl Raw<'_> {
    fn to_json(&self) -> String {
        // Plain strings and numbers: this cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// `2026-11-23T12:00:00`. chrono's own reader takes any form, and most of the time that a long journal takes.
fn time(text: &str) -> Option<NaiveDateTime> {
    let bytes: &[u8; 19] = text.as_bytes().try_into().ok()?;
    let number = |from: usize, to: usize| {
        bytes[from..to].iter().try_fold(0, |number, byte| Some(number * 10 + char::from(*byte).to_digit(10)?))
    };
    let marks = [bytes[4], bytes[7], bytes[10], bytes[13], bytes[16]];
    let date = NaiveDate::from_ymd_opt(number(0, 4)?.cast_signed(), number(5, 7)?, number(8, 10)?)?;
    let time = date.and_hms_opt(number(11, 13)?, number(14, 16)?, number(17, 19)?)?;
    (marks == *b"--T::").then_some(time)
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

    fn line(event: Event) -> Line {
        Line {
            server: Some(ServerMark::of("u")),
            job: JOB.parse().unwrap(),
            event,
            time: "2026-11-23T12:00:00".parse().unwrap(),
            date: None,
            row: None,
        }
    }

    #[test]
    fn lines_go_round() {
        for event in [Event::Asked, Event::Created(7), Event::Failed, Event::Refused] {
            let text = line(event).to_text();
            assert_eq!(Line::parse(text.trim_end().as_bytes()), Ok(line(event)), "{text}");
        }
        let dated = Line { date: "2026-11-23T13:00:00".parse().ok(), ..line(Event::Created(7)) };
        let text = dated.to_text();
        assert_eq!(Line::parse(text.trim_end().as_bytes()), Ok(dated), "{text}");
        let of_a_row = Line { row: "0f".repeat(16).parse().ok(), ..line(Event::Asked) };
        assert_eq!(Line::parse(of_a_row.to_text().trim_end().as_bytes()), Ok(of_a_row));
        let mark = ServerMark::of("u");
        let start = format!(
            "{{\"v\":1,\"server\":\"{mark}\",\"job\":\"{JOB}\",\"event\":{{\"created\":7}},\"time\":\"2026-11-"
        );
        assert!(text.starts_with(&start), "{text}");
    }

    #[test]
    fn lines_without_a_version_are_older() {
        let text = format!(r#"{{"job":"{JOB}","event":{{"created":7}},"time":"2026-11-23T12:00:00"}}"#);
        assert_eq!(Line::parse(text.as_bytes()), Ok(Line { server: None, ..line(Event::Created(7)) }));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        let good = line(Event::Created(7)).to_text();
        let changed = |from: &str, to: &str| Line::parse(good.trim_end().replace(from, to).as_bytes());
        assert_eq!(changed("\"v\":1", "\"v\":3"), Err(Fault::Later(3)));
        assert_eq!(changed("\"v\":1,", "\"v\":3,\"kind\":[1],"), Err(Fault::Later(3)));
        for (from, to) in [
            ("\"v\":1,", "\"more\":1,"),
            ("created", "cancelled"),
            (":00\"", ":00Z\""),
            (JOB, "0f"),
            ("7}", "\"7\"}"),
            ("{\"v", "\"v"),
            ("}", "\0"),
        ] {
            assert_eq!(changed(from, to), Err(Fault::NotALine), "{from} -> {to}");
        }
        assert_eq!(Line::parse(b""), Err(Fault::NotALine));
    }

    #[test]
    fn times_are_read_in_the_form_that_is_written() {
        assert_eq!(time("2026-11-23T12:00:59"), "2026-11-23T12:00:59".parse().ok());
        for text in [
            "2026-11-23 12:00:00",
            "2026-13-23T12:00:00",
            "2026-11-23T24:00:00",
            "+026-11-23T12:00:00",
            "2026-11-23",
            "é",
        ] {
            assert_eq!(time(text), None, "{text}");
        }
    }

    #[test]
    fn every_beginning_of_a_line_is_one_that_was_cut_off() {
        let text = line(Event::Created(7)).to_text();
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
