-- What a resident handed in, sealed: this machine cannot read it, and it is erased some days after the case has ended.
ALTER TABLE request ADD COLUMN sealed BLOB;
ALTER TABLE request ADD COLUMN day TEXT NOT NULL DEFAULT '';
ALTER TABLE request ADD COLUMN changed_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE request ADD COLUMN ended_day TEXT;
CREATE INDEX request_track ON request (track_hash);
CREATE INDEX request_sealed ON request (day) WHERE sealed IS NOT NULL;

-- An `answered_ms` ends the promise; `due_ms` is when it would be broken.
CREATE TABLE complaint (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    topic TEXT NOT NULL,
    state TEXT NOT NULL,
    track_hash TEXT NOT NULL,
    filed_ms INTEGER NOT NULL,
    due_ms INTEGER NOT NULL,
    answered_ms INTEGER,
    changed_ms INTEGER NOT NULL,
    anonymous INTEGER NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    sealed BLOB,
    day TEXT NOT NULL,
    ended_day TEXT
) WITHOUT ROWID;
CREATE INDEX complaint_track ON complaint (track_hash);
CREATE INDEX complaint_sealed ON complaint (day) WHERE sealed IS NOT NULL;

-- A form sent twice with one key is one case with one code. Of the key only a hash is kept; the code follows from both.
CREATE TABLE submission (
    key_hash BLOB PRIMARY KEY,
    kind TEXT NOT NULL,
    case_id TEXT NOT NULL,
    salt BLOB NOT NULL
) WITHOUT ROWID;

-- Answers to the satisfaction survey, and which tickets have answered: nothing ties one to the other.
CREATE TABLE survey_answer (
    id TEXT PRIMARY KEY,
    day TEXT NOT NULL,
    service TEXT NOT NULL,
    answers TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX survey_day ON survey_answer (day);
CREATE TABLE survey_ticket (
    ticket_hash BLOB PRIMARY KEY
) WITHOUT ROWID;
