//! Preparing the user's files, and looking at them.

use std::fs;
use std::path::{Path, PathBuf};

use anonapi::testing::dicom_file;

use super::env::Env;

/// The manual's list of accession numbers as Excel saves it: text above the header, and a column too many.
const ACCESSION_NUMBERS: &[u8] = include_bytes!("../../../examples/data/accession_numbers.xlsx");

/// The name of the settings file.
pub const SETTINGS: &str = "AnonWebAPIClientSettings.yml";

impl Env {
    /// Settings with the servers `p01` (active) and `p02` of the fake IDIS, a user and a token.
    pub fn settings(&self) {
        let (p01, p02) = (self.idis().url("p01"), self.idis().url("p02"));
        self.settings_for(&[("p01", &p01), ("p02", &p02)]);
    }

    /// Settings with these servers, of which the first is active, a user and a token.
    pub fn settings_for(&self, servers: &[(&str, &str)]) {
        let listed: Vec<String> = servers.iter().map(|(name, url)| format!("  {name}: {url}\n")).collect();
        let active = servers.first().map_or("null", |(name, _)| name);
        self.write_settings(&format!(
            "active_mapping_file: null\nactive_server_name: {active}\njob_default_parameters:\n\
             - project,Wetenschap-Algemeen\n- destination_path,\\\\server\\share\\out\n\
             servers:\n{}user_name: z123456\nuser_token: token\nvalidate_ssl: true\n",
            listed.concat()
        ));
    }

    /// Settings exactly as given, for the owner alone.
    pub fn write_settings(&self, text: &str) {
        let path = self.home().join(SETTINGS);
        fs::write(&path, text).unwrap();
        #[cfg(unix)]
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    }

    /// The text of the settings file.
    pub fn read_settings(&self) -> String {
        fs::read_to_string(self.home().join(SETTINGS)).unwrap()
    }

    /// A path in the working folder.
    pub fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.work().join(path)
    }

    /// Writes a file of the working folder, and the folders above it.
    pub fn write(&self, path: impl AsRef<Path>, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    /// The text of a file of the working folder.
    #[track_caller]
    pub fn read(&self, path: impl AsRef<Path>) -> String {
        let path = path.as_ref();
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// All files: those of the home folder as `~/a`, those of the working folder as `./a`.
    pub fn files(&self) -> Vec<String> {
        self.snapshot().names()
    }

    /// Writes DICOM files of one patient and one study.
    pub fn dicom(&self, patient: &str, study: &str, paths: &[&str]) {
        for (path, number) in paths.iter().zip(1..) {
            self.write(path, dicom_file(patient, study, &format!("{study}.{number}")));
        }
    }

    /// The four patients of the manual's share tutorial: in each `raw/1.dcm`, `raw/2.dcm`, `study1/file1`, `study1/1.2.3.4`, and
    /// `study1/notes.txt` that is no DICOM.
    pub fn patients(&self) {
        for number in 1..=4 {
            let (patient, study) = (format!("patient{number}"), format!("1.2.826.{number}"));
            let paths =
                ["raw/1.dcm", "raw/2.dcm", "study1/file1", "study1/1.2.3.4"].map(|path| format!("{patient}/{path}"));
            self.dicom(&patient, &study, &paths.each_ref().map(String::as_str));
            self.write(format!("{patient}/study1/notes.txt"), "no image");
        }
    }

    /// Writes the manual's Excel list of accession numbers: 1234567.12345678 studyA, 2234567.12345678 studyB, 3234567.12345678 studyC.
    pub fn xlsx(&self, path: &str) {
        self.write(path, ACCESSION_NUMBERS);
    }

    /// Changes an option of `anon_mapping.csv`, as the user would in an editor.
    #[track_caller]
    pub fn set_option(&self, name: &str, value: &str) {
        let text = self.read("anon_mapping.csv");
        let wanted = |line: &&str| line.split([',', ';']).next().is_some_and(|first| first.trim() == name);
        let line = text.lines().find(wanted).unwrap_or_else(|| panic!("the mapping has no option {name}\n{text}"));
        let delimiter = if line.contains(';') { ';' } else { ',' };
        self.write("anon_mapping.csv", text.replacen(line, &format!("{name}{delimiter}{value}"), 1));
    }
}
