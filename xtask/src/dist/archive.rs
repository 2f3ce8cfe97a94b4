//! Reproducible archives: their bytes depend only on their content.

use std::collections::BTreeSet;
use std::io::Write as _;

use anyhow::Result;
use flate2::{Compression, write::GzEncoder};
use tar::{Builder, EntryType, Header};

use super::File;

/// Packs the files into a tarball with one directory, `top`.
pub(super) fn tarball(files: &[File], top: &str, created_at: u64) -> Result<Vec<u8>> {
    let below = |file: &File| File {
        path: format!("{top}/{}", file.path),
        ..file.clone()
    };
    let files: Vec<_> = files.iter().map(below).collect();
    compressed(&packed(&files, created_at)?)
}

/// Packs the files in their order, with their directories, owned by root.
pub(super) fn packed(files: &[File], created_at: u64) -> Result<Vec<u8>> {
    let mut archive = Builder::new(Vec::new());
    let mut directories = BTreeSet::new();
    for File {
        path,
        bytes,
        is_program,
    } in files
    {
        for (end, _) in path.match_indices('/') {
            let directory = &path[..=end];
            if directories.insert(directory.to_owned()) {
                let mut header = header(0o755, 0, created_at);
                header.set_entry_type(EntryType::Directory);
                archive.append_data(&mut header, directory, &[][..])?;
            }
        }
        let mode = if *is_program { 0o755 } else { 0o644 };
        let mut header = header(mode, bytes.len() as u64, created_at);
        archive.append_data(&mut header, path, bytes.as_slice())?;
    }
    Ok(archive.into_inner()?)
}

fn header(mode: u32, size: u64, created_at: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_mode(mode);
    header.set_size(size);
    header.set_mtime(created_at);
    header.set_uid(0);
    header.set_gid(0);
    header
}

/// Compresses with gzip, without a file name and a time.
pub(super) fn compressed(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;

    use super::{File, tarball};

    #[test]
    fn an_archive_contains_each_directory_once() {
        let mut program = File::new("bin/program".to_owned(), "1");
        program.is_program = true;
        let files = [program, File::new("bin/text".to_owned(), "22")];
        let archive = tarball(&files, "top", 86_400).unwrap();
        let mut tar = Vec::new();
        GzDecoder::new(&archive[..]).read_to_end(&mut tar).unwrap();
        let mut found = Vec::new();
        for entry in tar::Archive::new(&tar[..]).entries().unwrap() {
            let entry = entry.unwrap();
            let (header, path) = (entry.header(), entry.path().unwrap());
            assert_eq!(header.mtime().unwrap(), 86_400);
            found.push((path.display().to_string(), header.mode().unwrap()));
        }
        let expected = [
            ("top/", 0o755),
            ("top/bin/", 0o755),
            ("top/bin/program", 0o755),
            ("top/bin/text", 0o644),
        ];
        assert_eq!(found, expected.map(|(path, mode)| (path.to_owned(), mode)));
    }
}
