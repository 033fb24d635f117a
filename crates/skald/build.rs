//! The web app is embedded as it lies in `web/dist`; a build without it serves the API and says how to get the rest.

fn main() {
    let dist = std::path::Path::new("../../web/dist");
    println!("cargo::rerun-if-changed={}", dist.display());
    if !dist.exists()
        && let Err(error) = std::fs::create_dir_all(dist)
    {
        println!("cargo::warning=web/dist cannot be made: {error}");
    }
}
