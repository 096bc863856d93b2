use super::*;
use crate::api::Data;
use crate::mapping::Document;

const OPTIONS: &str =
    "root_source_path,\\\\server\\share\\data\nproject,Wetenschap-Algemeen\ndestination_path,\\\\server\\share\\out\n";

fn planned(options: &str, rows: &str) -> Plan {
    let text = format!("## Description ##\n## Options ##\n{options}## Mapping ##\n{rows}");
    let path = Path::new("anon_mapping.csv");
    let document = Document::from_bytes(path, text.into_bytes()).unwrap();
    plan(document.mapping(), &Parameters::default())
}

fn texts(plan: &Plan) -> Vec<String> {
    plan.problems.iter().map(|problem| format!("{}{}", problem.message, problem.place)).collect()
}

#[test]
fn each_kind_of_source_becomes_its_job() {
    let rows = "source,pseudo_name,pseudo_id,pims_key\nfolder:a/b,A,1,\nfileselection:x\\fileselection.txt,B,,\n\
                study_instance_uid: 1.2.3 ,,,77\naccession_number:55.66,,5,\nfolder:\\\\other\\sh\\x,,,\n";
    let plan = planned(OPTIONS, rows);
    assert_eq!(texts(&plan), [""; 0]);
    let data: Vec<&Data> = plan.jobs.iter().map(|row| &row.job.data).collect();
    let path = |path: &str| Data::Path(path.to_owned());
    let pacs = |instance: &str| Data::Pacs(instance.to_owned());
    assert_eq!(
        data,
        [
            &path(r"folder:\\server\share\data\a\b"),
            &path(r"fileselection:\\server\share\data\x\fileselection.txt"),
            &pacs("1.2.3"),
            &pacs("accession_number:55.66"),
            &path(r"folder:\\other\sh\x"),
        ]
    );
    let names: Vec<_> =
        plan.jobs.iter().map(|row| (row.job.pseudo_name.as_deref(), row.job.pseudo_id.as_deref())).collect();
    assert_eq!(
        names,
        [(Some("A"), Some("1")), (Some("B"), Some("B")), (None, None), (Some("5"), Some("5")), (None, None)]
    );
    assert_eq!(plan.jobs[2].job.pims_key.as_deref(), Some("77"));
}

#[test]
fn a_fault_in_the_options_is_said_once_and_one_in_a_row_with_its_line() {
    let rows = "source,pseudo_name,destination_path\nfolder:a,A,\nfolder:b,B,\nfolder:c,C,out\n";
    let plan = planned("root_source_path,H:\\data\nproject,NOT_SET\ndestination_path,\\\\s\\out\n", rows);
    assert_eq!(
        texts(&plan),
        [
            r"root_source_path 'H:\data' is not a UNC path",
            "no project is set",
            "destination_path 'out' is not a UNC path, line 10"
        ]
    );
}

#[test]
fn pacs_rows_need_no_root() {
    let plan = planned(
        "root_source_path,C:\\project_folder\nproject,P\ndestination_path,\\\\s\\out\n",
        "source,pseudo_name\naccession_number:1,A\n",
    );
    assert_eq!(texts(&plan), [""; 0]);
    assert_eq!(plan.jobs.len(), 1);
}

#[test]
fn example_rows_and_empty_mappings_are_refused() {
    let plan = planned(OPTIONS, "source,pseudo_name\nstudy_instance_uid:123.12121212.12345678,PatientA\n");
    assert_eq!(texts(&plan), ["this is still an example row of 'anon map init', line 8"]);
    assert_eq!(texts(&planned(OPTIONS, "source\n")), ["the mapping has no rows"]);
}

#[test]
fn what_only_this_computer_knows_is_no_source() {
    for source in ["folder:H:\\data\\a", "fileselection:/mnt/a/fileselection.txt", "folder:\\data", "folder:C:a"] {
        let plan = planned(OPTIONS, &format!("source,pseudo_name\n{source},A\n"));
        assert_eq!(plan.jobs.len(), 0, "{source}");
        assert!(
            texts(&plan)[0].ends_with("is not below root_source_path, nor a UNC path, line 8"),
            "{:?}",
            texts(&plan)
        );
    }
}

#[test]
fn paths_are_sent_as_anonapi_sends_them() {
    let options = "root_source_path,\\\\server\\share\nproject,P\ndestination_path,//server/share\n";
    let plan = planned(options, "source,pseudo_name\nfolder:.,A\nfolder:a\\\\b\\.\\c,B\n");
    let sent: Vec<_> = plan.jobs.iter().map(|row| (&row.job.data, row.job.destination_path.as_str())).collect();
    let path = |path: &str| Data::Path(path.to_owned());
    let out = "\\\\server\\share\\";
    assert_eq!(sent, [(&path(r"folder:\\server\share\"), out), (&path(r"folder:\\server\share\a\b\c"), out)]);
    assert_eq!(plan.jobs[0].job.description.as_deref(), Some(""));
}

