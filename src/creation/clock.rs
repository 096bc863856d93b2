//! The server's clock next to ours. It may be minutes off, or in another time zone.

use chrono::{NaiveDateTime, TimeDelta};

/// No two clocks that are set right are further apart: the time zones of the world, and a little.
const APART: TimeDelta = TimeDelta::hours(26);

/// How far the clocks of one time zone may be apart, as long as nothing is known of the server's.
const SET_BY_HAND: TimeDelta = TimeDelta::minutes(1);

/// Both clocks are read in whole seconds.
const GRAIN: TimeDelta = TimeDelta::seconds(2);

/// For so long an observation holds: then a clock may have been set, or summer time begun.
const HOLDS: TimeDelta = TimeDelta::days(1);

/// By how much the server's clock is ahead of ours, as was seen when it created a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clock {
    least: TimeDelta,
    most: TimeDelta,
    seen: NaiveDateTime,
}

/// Whether a job was created before or after one was requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Age {
    /// Certainly before.
    Before,
    /// After, as far as clocks can tell.
    After,
    /// The clocks do not say.
    Unsure,
}

impl Clock {
    /// A job was requested and answered at these times on our clock, and created at `date` on the server's clock.
    ///
    /// `None` if that is not a clock: a server may give all its jobs the same date.
    pub(super) fn observed(asked: NaiveDateTime, answered: NaiveDateTime, date: NaiveDateTime) -> Option<Clock> {
        let (least, most) = (date - answered - GRAIN, date - asked + GRAIN);
        (most.abs() <= APART && least.abs() <= APART).then_some(Clock { least, most, seen: answered })
    }
}

/// When a job with this date was created, next to a request that went out at `asked`; it is now `now`. Both are times of ours.
pub(super) fn age(date: Option<NaiveDateTime>, asked: NaiveDateTime, now: NaiveDateTime, clock: Option<Clock>) -> Age {
    let Some(date) = date else { return Age::Unsure };
    let (earliest, latest) = match clock.filter(|clock| (clock.seen - asked).abs() <= HOLDS) {
        Some(clock) if date < asked + clock.least - GRAIN => return Age::Before,
        Some(clock) => (asked + clock.least - GRAIN, now + clock.most + GRAIN),
        None if date < asked - APART => return Age::Before,
        None => (asked - SET_BY_HAND, now + SET_BY_HAND),
    };
    if (earliest..=latest).contains(&date) { Age::After } else { Age::Unsure }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> NaiveDateTime {
        format!("2026-11-23T{time}").parse().unwrap()
    }

    fn of(date: &str, clock: Option<Clock>) -> Age {
        age(date.parse().ok(), at("12:00:00"), at("12:05:00"), clock)
    }

    #[test]
    fn without_an_observation_only_what_any_clock_would_say_is_certain() {
        for (date, expected) in [
            ("2026-11-22T09:59:59", Age::Before),
            ("2026-11-22T16:00:00", Age::Unsure),
            ("2026-11-23T11:55:00", Age::Unsure),
            ("2026-11-23T11:59:30", Age::After),
            ("2026-11-23T12:00:00", Age::After),
            ("2026-11-23T12:05:30", Age::After),
            ("2026-11-23T13:00:00", Age::Unsure),
            ("no date", Age::Unsure),
        ] {
            assert_eq!(of(date, None), expected, "{date}");
        }
    }

    #[test]
    fn a_job_that_was_just_created_tells_how_the_server_s_clock_goes() {
        // Three hours behind, and a few minutes.
        let clock = Clock::observed(at("11:59:50"), at("11:59:52"), at("08:56:51"));
        for (date, expected) in [
            ("2026-11-23T08:56:00", Age::Before),
            ("2026-11-23T08:57:00", Age::After),
            ("2026-11-23T09:01:00", Age::After),
            ("2026-11-23T12:00:00", Age::Unsure),
        ] {
            assert_eq!(of(date, clock), expected, "{date}");
        }
    }

    #[test]
    fn an_observation_holds_for_a_day() {
        let old = Clock::observed(at("08:00:00") - TimeDelta::days(2), at("08:00:00") - TimeDelta::days(2), {
            at("05:00:00") - TimeDelta::days(2)
        });
        assert!(old.is_some());
        assert_eq!(of("2026-11-23T09:01:00", old), Age::Unsure);
    }

    #[test]
    fn a_date_that_is_years_off_is_not_used_as_a_clock() {
        assert_eq!(Clock::observed(at("12:00:00"), at("12:00:01"), "2016-08-26T15:04:44".parse().unwrap()), None);
    }
}
