//! UNC paths, and finding them for mounts and drive letters.
//!
//! The server reads and writes `\\server\share\folder` only. A local folder has such a name too if it is on a share: the
//! mount table (Linux) or the drive letter (Windows) tells it.

use std::fmt;
use std::path::{Path, PathBuf};

#[cfg(windows)]
mod drives;
mod mounts;

/// A path that means the same on every computer: `\\server\share\folder`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UncPath(String);

impl UncPath {
    /// Reads a UNC path: at least a server and a share. Forward slashes are taken too; spaces around it and separators at its
    /// end do not count.
    pub fn parse(text: &str) -> Option<UncPath> {
        let text = text.trim().replace('/', "\\");
        let path = text.strip_prefix(r"\\?\UNC\").map(|rest| format!(r"\\{rest}")).unwrap_or(text);
        let path = path.trim_end_matches('\\');
        let mut parts = path.strip_prefix(r"\\")?.split('\\');
        let (server, share) = (parts.next()?, parts.next()?);
        let named = |part: &str| !part.is_empty() && !matches!(part, "." | ".." | "?");
        if !named(server) || !named(share) || path.contains(char::is_control) {
            return None;
        }
        let below: Vec<&str> = parts.collect();
        Some(UncPath(format!(r"\\{server}\{share}")).join(&below.join("\\")))
    }

    /// The path of something below this one; `relative` may use either separator. An empty one adds nothing.
    #[must_use]
    pub fn join(&self, relative: &str) -> UncPath {
        let mut path = self.0.clone();
        for part in relative.split(['/', '\\']).filter(|part| !matches!(*part, "" | ".")) {
            path.push('\\');
            path.push_str(part);
        }
        UncPath(path)
    }

    /// The path as it is sent to the server: a share by itself ends with a backslash, as AnonAPI has it.
    pub fn sent(&self) -> String {
        let is_share = self.0.split('\\').count() == 4;
        if is_share { format!("{}\\", self.0) } else { self.0.clone() }
    }

    /// Whether the server of the path is a name that each computer has for itself, or that a remote desktop or a virtual machine
    /// lends to one: `\\tsclient\…`, `\\localhost\…`, `\\wsl$\…`. To the IDIS server it is another place, or none.
    pub fn is_known_here_only(&self) -> bool {
        const NAMES: [&str; 9] =
            ["tsclient", "client", "localhost", "wsl$", "wsl.localhost", "vboxsvr", "vboxsrv", "vmware-host", "psf"];
        let server = self.0.trim_start_matches('\\').split(['\\', '@']).next().unwrap_or_default();
        let server = server.trim_end_matches('.').to_ascii_lowercase();
        NAMES.contains(&server.as_str())
            || server.ends_with(".localhost")
            || server.starts_with("localhost.")
            || server.ends_with("--1.ipv6-literal.net")
            || server.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback() || address.is_unspecified())
    }

    /// What is left of this path below another, if it is below it or the same. Windows ignores case.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code))]
    fn below(&self, other: &UncPath) -> Option<&str> {
        let mut rest = self.0.as_str();
        for part in other.0.split('\\') {
            let (next, after) = rest.split_once('\\').unwrap_or((rest, ""));
            if next.to_lowercase() != part.to_lowercase() {
                return None;
            }
            rest = after;
        }
        Some(rest)
    }

    /// Just `\\server\share`.
    #[cfg(windows)]
    fn share(&self) -> String {
        self.0.splitn(5, '\\').take(4).collect::<Vec<_>>().join("\\")
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The UNC path of a folder of this computer, if it is on a share that the system knows.
    pub fn of_folder(folder: &Path) -> Option<UncPath> {
        let folder = absolute(folder)?;
        #[cfg(target_os = "linux")]
        return mounts::unc_of(&folder, &std::fs::read_to_string("/proc/self/mountinfo").ok()?);
        #[cfg(windows)]
        return drives::unc_of(&folder);
        #[cfg(not(any(target_os = "linux", windows)))]
        return UncPath::parse(folder.to_str()?);
    }

    /// The UNC path of what someone typed: a UNC path itself, a mapped drive (`H:\data`), a mount (`/mnt/share/data`).
    /// It need not exist.
    pub fn of_typed(text: &str) -> Option<UncPath> {
        let text = text.trim();
        UncPath::parse(text).or_else(|| {
            let path = Path::new(text);
            if path.is_absolute() { UncPath::of_folder(path) } else { None }
        })
    }
}

impl fmt::Display for UncPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The shares as this computer sees them: where the files of a UNC path are.
#[derive(Debug, Default)]
pub struct Shares {
    /// The mount table.
    #[cfg(target_os = "linux")]
    table: String,
    /// Whether a share answers, by its name. To ask one that does not takes seconds.
    #[cfg(windows)]
    answers: std::sync::Mutex<std::collections::HashMap<String, bool>>,
}

impl Shares {
    /// The shares that are known at this moment.
    pub fn of_this_computer() -> Shares {
        #[cfg(target_os = "linux")]
        {
            let table = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
            // Without a share there is nothing to go through for each path.
            let has_shares = [" - cifs ", " - smb3 "].iter().any(|kind| table.contains(kind));
            Shares { table: if has_shares { table } else { String::new() } }
        }
        #[cfg(not(target_os = "linux"))]
        Shares::default()
    }

    /// Where the path is, if it is on a share that this computer sees. It need not exist there.
    pub fn find(&self, path: &UncPath) -> Option<PathBuf> {
        #[cfg(target_os = "linux")]
        return mounts::local_of(path, &self.table);
        #[cfg(windows)]
        return self.is_there(&path.share()).then(|| PathBuf::from(path.as_str()));
        #[cfg(not(any(target_os = "linux", windows)))]
        {
            let _ = path;
            None
        }
    }

    #[cfg(windows)]
    fn is_there(&self, share: &str) -> bool {
        let mut answers = crate::locks::unlocked(self.answers.lock());
        *answers.entry(share.to_lowercase()).or_insert_with(|| Path::new(share).is_dir())
    }
}

/// A local path as a Windows program would write it: backslashes for separators.
pub fn windows_form(path: &Path) -> String {
    path.to_string_lossy().replace('/', "\\")
}

/// A path that may have been written on Windows, as this system writes it.
pub fn local_form(path: &str) -> PathBuf {
    if cfg!(windows) { path.into() } else { path.replace('\\', "/").into() }
}

/// Without links where the path exists, so that the mount that it really is on is found.
fn absolute(path: &Path) -> Option<PathBuf> {
    std::fs::canonicalize(path).or_else(|_| std::path::absolute(path)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unc(text: &str) -> Option<String> {
        UncPath::parse(text).map(|path| path.to_string())
    }

    #[test]
    fn unc_paths_are_recognised() {
        for (typed, path) in [
            (r"\\server\share", r"\\server\share"),
            (r"\\server1\share2\myfolder\", r"\\server1\share2\myfolder"),
            (r" \\server\share\a b  ", r"\\server\share\a b"),
            ("//server/share/data/", r"\\server\share\data"),
            (r"\\?\UNC\server\share\x", r"\\server\share\x"),
        ] {
            assert_eq!(unc(typed).as_deref(), Some(path), "{typed}");
        }
        for typed in [
            "",
            r"\\",
            r"\\server",
            r"\\server\",
            r"\\\share",
            r"C:\data",
            "/mnt/data",
            r"\tmp\x",
            r"\\?\C:\x",
            "\\\\a\nb\\c",
        ] {
            assert_eq!(unc(typed), None, "{typed}");
        }
    }

    #[test]
    fn paths_are_joined_with_backslashes() {
        let root = UncPath::parse(r"\\server\share\").unwrap();
        assert_eq!(root.join("a/b.txt").as_str(), r"\\server\share\a\b.txt");
        assert_eq!(root.join(r".\a\\b\").as_str(), r"\\server\share\a\b");
        assert_eq!(root.join(""), root);
    }

    #[test]
    fn what_only_this_computer_knows() {
        let is_local = |text: &str| UncPath::parse(text).unwrap().is_known_here_only();
        for path in [
            r"\\tsclient\C\data",
            r"\\Client\C$\data",
            "//localhost/c$",
            r"\\127.0.0.1\share\x",
            r"\\127.1.2.3\share",
            r"\\wsl$\Debian\home",
            r"\\WSL.localhost\Debian",
            r"\\?\UNC\TSClient\C\x",
            r"\\localhost@8080\DavWWWRoot",
            r"\\0--1.ipv6-literal.net\share",
        ] {
            assert!(is_local(path), "{path}");
        }
        for path in [r"\\server\share", r"\\10.0.0.1\share", r"\\client7\share", r"\\server\localhost", r"\\wsl\share"]
        {
            assert!(!is_local(path), "{path}");
        }
    }

    #[test]
    fn a_local_folder_has_no_unc_path_but_a_windows_form() {
        assert_eq!(UncPath::of_folder(&std::env::temp_dir()), None);
        assert_eq!(windows_form(Path::new("/tmp/work")), r"\tmp\work");
        assert_eq!(UncPath::of_typed("relative/folder"), None);
        assert_eq!(UncPath::of_typed("//server/share").unwrap().as_str(), r"\\server\share");
    }
}
