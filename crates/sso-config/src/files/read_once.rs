//! Files that can be read only once.

use std::path::PathBuf;

use aws_config_parse::Document;

use super::{ConfigFiles, File, FileError};
use crate::location::Location;

impl ConfigFiles {
    /// Uses the documents of the config file and the credentials file that this process has read before,
    /// in place of pipes, which cannot be read again.
    #[must_use]
    pub fn with_documents_of_pipes(
        mut self,
        [config, credentials]: [Option<&Document>; 2],
    ) -> Self {
        self.config = self.config.or_document_of_pipe(config);
        self.credentials = self.credentials.or_document_of_pipe(credentials);
        self
    }

    /// Uses the documents in place of files with syntax errors, for example without the lines that contain
    /// the errors, so that the rest can be checked.
    #[must_use]
    pub fn or_documents(mut self, [config, credentials]: [Option<Document>; 2]) -> Self {
        self.config = self.config.or_document(config);
        self.credentials = self.credentials.or_document(credentials);
        self
    }
}

impl File {
    fn or_document(self, document: Option<Document>) -> Self {
        match (&self.error, document) {
            (Some(FileError::Syntax { .. }), Some(document)) => Self {
                document,
                error: None,
                ..self
            },
            _ => self,
        }
    }

    fn or_document_of_pipe(self, document: Option<&Document>) -> Self {
        match document {
            Some(document) if !self.can_be_read_again => {
                let (path, kind) = (self.path.clone(), document.kind());
                Self::usable(
                    path.clone(),
                    kind,
                    Self::of_document(path, document.clone(), false),
                )
            }
            _ => self,
        }
    }

    pub(super) fn of_document(
        path: PathBuf,
        document: Document,
        can_be_read_again: bool,
    ) -> Result<Self, FileError> {
        match document.rejection() {
            None => Ok(Self {
                path,
                document,
                can_be_read_again,
                error: None,
            }),
            Some(problem) => {
                let (line, column) = (problem.line(), problem.column());
                Err(FileError::Syntax {
                    location: Location { path, line, column },
                    reason: problem.reason(),
                })
            }
        }
    }
}
