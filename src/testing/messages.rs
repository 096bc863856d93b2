//! What the server says of jobs that fail: the messages of the manual, section 5.7.2.

use crate::api::JobId;

pub(super) fn opted_out(job: JobId, patient: &str) -> String {
    pre_processing(job, &format!("Patient \"{patient}\" does not want his or her data to be used for research"))
}

/// PACS has no such study now.
pub(super) fn pacs_not_found(job: JobId) -> String {
    pacs(job, "404: Not Found")
}

/// PACS fails on the study.
pub(super) fn pacs_bad_request(job: JobId) -> String {
    pacs(job, "400: Bad Request")
}

pub(super) fn disk_full(job: JobId, destination: &str) -> String {
    not_moved(job, destination, "[Errno 28] No space left on device")
}

pub(super) fn not_moved(job: JobId, destination: &str, cause: &str) -> String {
    format!(
        r"Could not move file D:\CTP\roots\Post-anonimizationDSS\{job}\test\ to {destination}\{job}\test\, original error:{cause}"
    )
}

pub(super) fn pre_processing(job: JobId, cause: &str) -> String {
    format!("Error while pre-processing job {job}: {cause}")
}

fn pacs(job: JobId, reason: &str) -> String {
    let cause = format!(
        "WadoWrapperException: Got HTTP error response from server when requesting \
         'http://umcidcsasp04:8080/wado/?studyInstanceUID=1234&contentType=application/dicom&requestType=WADO\
         &transferSyntax=1.2.840.10008.1.2.1' Original error:'HTTP Error {reason}'"
    );
    pre_processing(job, &cause)
}
