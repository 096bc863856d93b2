//! Gives the program for Windows its icon, version information and manifest.
//!
//! The resources are linked into the program `anon` alone: another program that uses the library has resources of its own.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "cli")]
    if std::env::var_os("CARGO_CFG_WINDOWS").is_some() {
        windows::embed();
    }
}

#[cfg(feature = "cli")]
mod windows {
    use winresource::WindowsResource;

    const ICON: &str = "packaging/windows/anon.ico";
    const MANIFEST: &str = "packaging/windows/anon.manifest";

    pub fn embed() {
        for file in [ICON, MANIFEST] {
            println!("cargo::rerun-if-changed={file}");
        }
        let mut resource = WindowsResource::new();
        resource
            .set_icon(ICON)
            .set_manifest_file(MANIFEST)
            .set("ProductName", "anon")
            .set("FileDescription", "Anonymize medical images with an IDIS server")
            .set("InternalName", "anon")
            .set("OriginalFilename", "anon.exe")
            .set("LegalCopyright", "MIT licence");
        // Without the Windows SDK, or windres when cross-compiling, the program works and looks plain; releases check that it does not.
        if let Err(error) = resource.compile_for("anon") {
            println!("cargo::warning=anon.exe gets no icon, version information and manifest: {error}");
        }
    }
}
