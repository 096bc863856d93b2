use chrono::NaiveDateTime;
use serde::Deserialize;
use serde_json::Value;

use super::error::Failure;
use super::idis::{Data, NewJob};
use super::job::{moment, plain_text};
use crate::values::JobId;

/// What a server says of a job that it has just made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created {
    /// The number that the server gave it.
    pub id: JobId,
    /// When that was, by the server's clock, where it says so.
    pub date: Option<NaiveDateTime>,
}

impl Created {
    /// Reads the answer to `create_job`.
    ///
    /// A server that names the source or the pseudonym of another job has mixed up two answers: its id belongs to somebody else.
    ///
    /// # Errors
    /// [`Failure::BadAnswer`] if it holds no id, an id that no job can have, or an answer about another job.
    pub fn read(answer: &Value, asked: &NewJob) -> Result<Created, Failure> {
        let bad = |why: String| Err(Failure::BadAnswer(why));
        let id: JobId = match answer.get("job_id") {
            Some(id) => JobId::deserialize(id).map_err(|error| Failure::BadAnswer(error.to_string()))?,
            None => return bad("it contains no job_id".to_owned()),
        };
        if id.0 <= 0 {
            return bad(format!("{id} is not the id of a job"));
        }
        if let Some(field) = mixed_up(answer, asked) {
            return bad(format!("it is about a different job than the one asked for: its {field} differs"));
        }
        let date = answer.get("date").and_then(Value::as_str).and_then(moment);
        Ok(Created { id, date })
    }
}

/// The field of an answer that differs from the request. What the server leaves out or empty says nothing.
fn mixed_up(answer: &Value, asked: &NewJob) -> Option<&'static str> {
    let source = match &asked.data {
        Data::Path(path) => ("source_path", Some(path)),
        Data::Pacs(instance) => ("source_instance_id", Some(instance)),
    };
    let fields = [
        source,
        ("source_anonymizedpatientname", asked.pseudo_name.as_ref()),
        ("source_anonymizedpatientid", asked.pseudo_id.as_ref()),
    ];
    let differs = |(name, sent): &(&'static str, Option<&String>)| {
        let given = answer.get(*name).and_then(plain_text);
        matches!((sent, given), (Some(sent), Some(given)) if !given.trim().is_empty() && !is_echo(sent, &given))
    };
    fields.into_iter().find(differs).map(|(name, _)| name)
}

/// Servers may put what they are sent into a form of their own: another case, other slashes, a number for `007`, no prefix.
fn is_echo(sent: &str, given: &str) -> bool {
    let plain = |text: &str| {
        let text = text.trim().replace('/', "\\").to_lowercase();
        let prefixes = ["folder:", "fileselection:", "accession_number:"];
        let bare = prefixes.iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(&text);
        bare.trim_start_matches('0').to_owned()
    };
    plain(sent) == plain(given)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn asked() -> NewJob {
        NewJob {
            data: Data::Path(r"folder:\\server\share\In".to_owned()),
            project: "P".to_owned(),
            destination_path: r"\\server\share\out".to_owned(),
            pseudo_name: Some("A".to_owned()),
            pseudo_id: Some("007".to_owned()),
            description: None,
            pims_key: None,
            sop_classes: vec![],
        }
    }

    fn read(answer: Value) -> Result<Created, String> {
        Created::read(&answer, &asked()).map_err(|failure| failure.to_string())
    }

    #[test]
    fn what_the_server_leaves_out_says_nothing() {
        let plain = Created { id: JobId(7), date: None };
        assert_eq!(read(json!({"job_id": 7})).unwrap(), plain);
        assert_eq!(read(json!({"job_id": "7", "source_path": null, "source_anonymizedpatientid": ""})).unwrap(), plain);
        let dated = read(json!({"job_id": 7, "date": "2026-11-23T12:00:00"})).unwrap();
        assert_eq!(dated.date, "2026-11-23T12:00:00".parse().ok());
    }

    #[test]
    fn an_echo_may_be_in_a_form_of_the_servers_own() {
        let answer = json!({
            "job_id": 7, "source_path": "folder://SERVER/share/in", "source_anonymizedpatientname": " a",
            "source_anonymizedpatientid": 7
        });
        assert!(read(answer).is_ok());
    }

    #[test]
    fn an_answer_about_another_job_is_refused() {
        for (field, value) in [
            ("source_path", r"folder:\\server\share\other"),
            ("source_anonymizedpatientname", "B"),
            ("source_anonymizedpatientid", "70"),
        ] {
            let error = read(json!({"job_id": 7, field: value})).unwrap_err();
            assert!(error.contains("about a different job") && error.contains(field), "{error}");
        }
        let pacs = NewJob { data: Data::Pacs("1.2".to_owned()), ..asked() };
        assert!(Created::read(&json!({"job_id": 7, "source_instance_id": "1.3"}), &pacs).is_err());
        assert!(Created::read(&json!({"job_id": 7, "source_path": "whatever"}), &pacs).is_ok());
    }

    #[test]
    fn invalid_ids_are_refused() {
        for id in [json!(0), json!(-1), json!(null), json!("x"), json!(1.5)] {
            assert!(read(json!({"job_id": id})).is_err(), "{id}");
        }
        assert!(read(json!({})).is_err() && read(json!([])).is_err());
    }
}
