//! Whether this user writes a decimal comma, and so expects `;` between the cells of a CSV file.

/// Whether the user's locale writes `1,5` rather than `1.5`.
#[cfg(unix)]
pub fn decimal_comma() -> bool {
    // SAFETY: the name is a C string; a locale that was made is used before it is freed, and freed once. `nl_langinfo_l`
    // returns a C string that lives as long as the locale.
    unsafe {
        let locale = libc::newlocale(libc::LC_NUMERIC_MASK, c"".as_ptr(), std::ptr::null_mut());
        if locale.is_null() {
            return false;
        }
        let radix = libc::nl_langinfo_l(libc::RADIXCHAR, locale);
        let comma = !radix.is_null() && std::ffi::CStr::from_ptr(radix).to_bytes() == b",";
        libc::freelocale(locale);
        comma
    }
}

/// Whether the user's regional settings write `1,5` rather than `1.5`.
#[cfg(windows)]
pub fn decimal_comma() -> bool {
    use windows_sys::Win32::Globalization::{GetLocaleInfoEx, LOCALE_SDECIMAL};
    // The separator is at most three characters and a NUL.
    let mut text = [0u16; 8];
    // SAFETY: a null name stands for the user's own settings; at most `text.len()` units are written.
    let length = unsafe { GetLocaleInfoEx(std::ptr::null(), LOCALE_SDECIMAL, text.as_mut_ptr(), text.len() as i32) };
    length > 1 && text[0] == u16::from(b',')
}

/// Unknown here: no decimal comma.
#[cfg(not(any(unix, windows)))]
pub fn decimal_comma() -> bool {
    false
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::process::Command;

    /// What the process was started with counts, so each case is a process of its own.
    fn in_locale(name: &str) -> bool {
        let program = std::env::current_exe().expect("this program has a path");
        let output = Command::new(program)
            .args(["--exact", "locale::tests::says_which", "--nocapture", "--include-ignored"])
            .env_remove("LC_ALL")
            .env("LC_NUMERIC", name)
            .output()
            .expect("this program can be started");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stderr).contains("decimal comma: true")
    }

    #[test]
    #[ignore = "helper of the other test"]
    fn says_which() {
        use std::io::Write;
        writeln!(std::io::stderr(), "decimal comma: {}", super::decimal_comma()).expect("stderr can be written");
    }

    #[test]
    fn the_c_locale_and_an_unknown_one_write_a_point() {
        assert!(!in_locale("C"));
        assert!(!in_locale("xx_XX.UTF-8"));
    }

    #[test]
    fn dutch_writes_a_comma_where_it_is_installed() {
        let installed =
            Command::new("locale").arg("-a").output().map(|out| String::from_utf8_lossy(&out.stdout).into_owned());
        if let Some(name) = installed.unwrap_or_default().lines().find(|name| name.starts_with("nl_NL")) {
            assert!(in_locale(name));
        }
    }
}
