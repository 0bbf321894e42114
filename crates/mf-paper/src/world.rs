//! The world of Typst: only the files of a manuscript and the embedded fonts.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

/// The embedded fonts: Libertinus Serif, New Computer Modern with its mathematics, DejaVu Sans Mono.
static FONTS: LazyLock<Vec<Font>> = LazyLock::new(|| {
    typst_assets::fonts()
        .flat_map(|data| Font::iter(Bytes::new(data)))
        .collect()
});

/// The files of a manuscript.
pub(crate) struct PaperWorld {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    main: FileId,
    files: BTreeMap<String, Bytes>,
}

impl PaperWorld {
    /// The world with these files, which include the main one.
    pub(crate) fn new(main: FileId, files: &BTreeMap<String, Vec<u8>>) -> Self {
        let bytes = |(name, bytes): (&String, &Vec<u8>)| (name.clone(), Bytes::new(bytes.clone()));
        Self {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(FONTS.iter())),
            main,
            files: files.iter().map(bytes).collect(),
        }
    }
}

/// The id of the file with this name; none if the name leads out of the folder of the manuscript.
pub(crate) fn file_id(name: &str) -> Option<FileId> {
    let path = VirtualPath::new(name).ok()?;
    Some(RootedPath::new(VirtualRoot::Project, path).intern())
}

/// The name of a file, for people.
pub(crate) fn name(id: FileId) -> &'static str {
    id.get().vpath().get_without_slash()
}

impl World for PaperWorld {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let bytes = self.file(id)?;
        let text = std::str::from_utf8(bytes.as_slice()).map_err(|_| FileError::InvalidUtf8)?;
        Ok(Source::new(id, text.to_owned()))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if let VirtualRoot::Package(package) = id.get().root() {
            let reason = format!(
                "`{package}` is a package: a manuscript is typeset without a network, from its own files only"
            );
            return Err(FileError::Other(Some(reason.into())));
        }
        let name = name(id);
        let found = self.files.get(name).cloned();
        found.ok_or_else(|| FileError::NotFound(name.into()))
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
