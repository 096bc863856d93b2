use super::*;
use crate::api::Data;
use crate::mapping::Document;

const OPTIONS: &str =
    "root_source_path,\\\\server\\share\\data\nproject,Wetenschap-Algemeen\ndestination_path,\\\\server\\share\\out\n";

fn text(options: &str, rows: &str) -> String {
    format!("## Description ##\n## Options ##\n{options}## Mapping ##\n{rows}")
}

fn planned(options: &str, rows: &str) -> Plan {
    let path = Path::new("anon_mapping.csv");
    let document = Document::from_bytes(path, text(options, rows).into_bytes()).unwrap();
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
            texts(&plan)[0].ends_with("is neither below root_source_path nor a UNC path, line 8"),
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

#[test]
fn invisible_characters_are_not_sent() {
    let options = OPTIONS.replace("Wetenschap-Algemeen", "Wetenschap\u{200b}-Algemeen");
    let plan = planned(
        &options,
        "source,pseudo_name,pseudo_id,pims_key\naccession_number:1\u{ad}2,A\u{feff},\u{200e}B,=\"7\"\n",
    );
    let job = &plan.jobs[0].job;
    assert_eq!(job.data, Data::Pacs("accession_number:12".to_owned()));
    assert_eq!((job.pseudo_name.as_deref(), job.pseudo_id.as_deref()), (Some("A"), Some("B")));
    assert_eq!((job.project.as_str(), job.pims_key.as_deref()), ("Wetenschap-Algemeen", Some("7")));
    assert_eq!(plan.warnings.len(), 4, "{:?}", plan.warnings);
}

#[test]
fn spoilt_pseudonyms_are_refused_wherever_they_are_from() {
    let row = "source,pseudo_name\nfolder:a,#N/A\n";
    assert_eq!(
        texts(&planned(OPTIONS, row)),
        ["pseudo_name: '#N/A' is an error that a spreadsheet shows, not a value, line 8"]
    );
    let options = format!("{OPTIONS}pseudo_id,####\n");
    let wrong = texts(&planned(&options, "source\nfolder:a\n"));
    assert_eq!(wrong, ["pseudo_id: '####' is what a spreadsheet shows where a column is too narrow, line 6"]);
    let document = Document::from_bytes(Path::new("m"), text(OPTIONS, "source\nfolder:a\n").into_bytes()).unwrap();
    let defaults = Parameters::from_pairs([(Kind::PseudoName, "1,2E+9")]);
    let wrong = plan(document.mapping(), &defaults);
    assert_eq!(texts(&wrong), ["pseudo_name in the settings: '1,2E+9' is a number that a spreadsheet has shortened"]);
    assert_eq!(wrong.jobs.len(), 1, "which `read` does not give away");
}

#[test]
fn a_file_with_a_problem_has_no_jobs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("anon_mapping.csv");
    let write = |rows: &str| std::fs::write(&path, text(OPTIONS, &format!("source,pseudo_name\n{rows}"))).unwrap();
    write("folder:a,A\nfodler:b,B\n");
    let plan = read(&path, &Parameters::default()).unwrap();
    assert_eq!((plan.jobs.len(), plan.problems.len()), (0, 1));
    assert!(plan.refuse_problems(&path).is_err());
    write("folder:a,A\nfolder:b,B\n");
    let plan = read(&path, &Parameters::default()).unwrap();
    assert_eq!((plan.jobs.len(), plan.problems.len()), (2, 0));
    assert!(plan.refuse_problems(&path).is_ok());
}

#[test]
fn sources_that_are_missing_or_empty_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let rows = "source,pseudo_name\nfileselection:fileselection.txt,A\nfolder: a,B\n";
    let document = Document::from_bytes(Path::new("m"), text(OPTIONS, rows).into_bytes()).unwrap();
    let [selection, data] = document.mapping().rows.as_slice() else { panic!("two rows") };
    let place = folder.path().join("fileselection.txt");
    let starts = |found: Option<Problem>, start: &str| {
        let found = found.unwrap();
        assert!(found.message.starts_with(start), "{found:?}");
        found.hint.unwrap()
    };
    starts(sources::fault(selection, &place), "there is no such fileselection");
    std::fs::write(&place, "selected_paths: []\n").unwrap();
    starts(sources::fault(selection, &place), "the fileselection has no files");
    std::fs::write(&place, "selected_paths: {\n").unwrap();
    starts(sources::fault(selection, &place), &place.display().to_string());
    std::fs::write(&place, "selected_paths:\n- 1.dcm\n").unwrap();
    assert_eq!(sources::fault(selection, &place), None);
    assert_eq!(sources::fault(data, folder.path()), None);
    starts(sources::fault(data, &place), "there is no such folder");
    // What is there under nearly that name is named.
    std::fs::create_dir(folder.path().join("a")).unwrap();
    let hint = starts(sources::fault(data, &folder.path().join(" a")), "there is no such folder");
    assert!(hint.starts_with("remove the space before its name"), "{hint}");
}

#[test]
fn data_next_to_the_mapping_is_found_in_either_composition() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("Jose\u{301}")).unwrap();
    let rows = "source,pseudo_name\nfolder:Jos\u{e9},A\nfolder:other\\place,B\nfolder:\\\\server\\share\\x,C\naccession_number:1,D\n";
    let document = Document::from_bytes(Path::new("m"), text(OPTIONS, rows).into_bytes()).unwrap();
    let places =
        sources::Places::of(document.mapping(), &Parameters::default(), &folder.path().join("anon_mapping.csv"));
    let spots: Vec<_> = document.mapping().rows.iter().map(|row| places.spot(row)).collect();
    use sources::Spot;
    let found = folder.path().join("Jose\u{301}");
    assert_eq!(spots, [Some(Spot::Beside(found)), Some(Spot::NotBeside), Some(Spot::Unseen), None]);
}
