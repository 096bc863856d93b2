//! What a server can say that is not so.

use serde_json::Value;

use super::functions::{Reply, keyed};
use super::job::FakeJob;
use super::received::Received;

/// Something untrue that a [`FakeIdis`](super::FakeIdis) says, after it has done what was asked: see
/// [`FakeIdis::lie`](super::FakeIdis::lie).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lie {
    /// It says again what it said to the call of this function before, as a cache does.
    Repeat,
    /// It gives the job this id, which it does not have.
    Id(i64),
    /// It tells of the source and the pseudonyms of another job.
    MixUp,
    /// It does not say where the data comes from, whose it becomes, and where it goes.
    NoEcho,
    /// It lists all its jobs, not just the requested ones.
    ListAll,
}

impl Lie {
    /// What is said in place of `honest`.
    pub(super) fn tell(&self, honest: Reply, call: &Received, last: Option<&Reply>, all: &[FakeJob]) -> Reply {
        let of_job = |change: &dyn Fn(&mut serde_json::Map<String, Value>)| {
            let mut reply = honest.clone();
            if let Some(fields) = reply.body.as_object_mut().filter(|fields| fields.contains_key("job_id")) {
                change(fields);
            }
            reply
        };
        match self {
            Lie::Repeat => last.cloned().unwrap_or(honest),
            Lie::Id(id) => of_job(&|fields| drop(fields.insert("job_id".to_owned(), (*id).into()))),
            Lie::MixUp => of_job(&|fields| {
                for name in
                    ["source_path", "source_instance_id", "source_anonymizedpatientname", "source_anonymizedpatientid"]
                {
                    fields.insert(name.to_owned(), "another".into());
                }
            }),
            Lie::NoEcho => of_job(&|fields| {
                fields.retain(|name, _| !name.starts_with("source_") && !name.starts_with("destination_"));
            }),
            Lie::ListAll => {
                let describe = if call.function.ends_with("extended") { FakeJob::whole } else { FakeJob::brief };
                Reply::ok(keyed(all, describe))
            }
        }
    }
}
