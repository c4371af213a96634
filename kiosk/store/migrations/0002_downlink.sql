-- The number of the last message applied, per stream of the central. Answers to alerts keep theirs in identity.
CREATE TABLE applied (
    stream TEXT PRIMARY KEY,
    number INTEGER NOT NULL
) WITHOUT ROWID;

-- What an officer of the central wrote to the resident with the last change of state.
ALTER TABLE request ADD COLUMN note TEXT NOT NULL DEFAULT '';

-- Commands between their start and their result: what is found here when the agent starts was interrupted.
CREATE TABLE running_command (
    id TEXT PRIMARY KEY,
    number INTEGER NOT NULL,
    name TEXT NOT NULL
) WITHOUT ROWID;

-- `place` is coming, current or previous, one of each per name; a body is its pieces in order. An id is never used
-- again: a late piece of a document that was given up must not fall into the next one.
CREATE TABLE document (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    place TEXT NOT NULL,
    version INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    published_ms INTEGER NOT NULL,
    wall_ms INTEGER NOT NULL,
    synchronised INTEGER NOT NULL,
    boot TEXT NOT NULL,
    mono_ms INTEGER NOT NULL,
    UNIQUE (name, place)
);

CREATE TABLE document_piece (
    document INTEGER NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (document, at)
);
