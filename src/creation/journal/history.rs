use chrono::NaiveDateTime;

use super::line::{JobEvent, Line};
use crate::api::JobId;

/// What the journal knows of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// There is none: it was never requested, or it was refused.
    Nothing,
    /// It exists, with this id.
    Created(JobId),
    /// It was requested at this time (local), and there was no usable answer: it may exist.
    Perhaps(NaiveDateTime),
    /// It was requested at this time (local), and the server failed. It probably does not exist; a new request looks first.
    Failed(NaiveDateTime),
}

/// What has become of a job, over all requests for it.
#[derive(Debug)]
pub(super) struct History {
    /// The id that it got last.
    id: Option<JobId>,
    /// Those that it got before.
    earlier: Vec<JobId>,
    /// When it was last heard of, in local time.
    pub(super) time: NaiveDateTime,
    last: Last,
}

/// The outcome of the last request for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    Asked(NaiveDateTime),
    Failed(NaiveDateTime),
    Created,
    Refused,
}

impl History {
    pub(super) fn of(line: &Line) -> History {
        let mut history = History { id: None, earlier: vec![], time: line.time, last: Last::Refused };
        history.add(line);
        history
    }

    pub(super) fn add(&mut self, line: &Line) {
        self.time = line.time;
        self.last = match line.event {
            JobEvent::Asked => Last::Asked(line.time),
            JobEvent::Failed => Last::Failed(self.asked().unwrap_or(line.time)),
            JobEvent::Refused => Last::Refused,
            JobEvent::Created(id) => {
                self.earlier.extend(self.id.replace(JobId(id)));
                Last::Created
            }
        };
    }

    /// All ids that it got.
    pub(super) fn ids(&self) -> impl Iterator<Item = JobId> {
        self.earlier.iter().copied().chain(self.id)
    }

    /// When it was requested, if that gave no id and the server has not refused it.
    pub(super) fn asked(&self) -> Option<NaiveDateTime> {
        match self.last {
            Last::Asked(time) | Last::Failed(time) => Some(time),
            Last::Created | Last::Refused => None,
        }
    }

    pub(super) fn known(&self) -> Known {
        match (self.last, self.id) {
            (Last::Asked(time), _) => Known::Perhaps(time),
            // It still has what it got before.
            (_, Some(id)) => Known::Created(id),
            (Last::Failed(time), None) => Known::Failed(time),
            (Last::Created | Last::Refused, None) => Known::Nothing,
        }
    }

    /// Whether the last request was refused, or the server failed on it.
    pub(super) fn has_failed(&self) -> bool {
        matches!(self.last, Last::Failed(_) | Last::Refused)
    }
}
