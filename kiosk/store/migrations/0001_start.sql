-- Who writes this file, and which life of it this is.
CREATE TABLE identity (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    device TEXT NOT NULL,
    epoch TEXT NOT NULL,
    last_good_wall_ms INTEGER NOT NULL DEFAULT 0,
    applied_number INTEGER NOT NULL DEFAULT 0
);

-- The end of each chain, and how far the central has proven to hold it.
CREATE TABLE stream (
    epoch TEXT NOT NULL,
    lane TEXT NOT NULL,
    last_seq INTEGER NOT NULL DEFAULT 0,
    last_hash BLOB NOT NULL,
    acknowledged_seq INTEGER NOT NULL DEFAULT 0,
    acknowledged_ms INTEGER,
    PRIMARY KEY (epoch, lane)
) WITHOUT ROWID;

CREATE TABLE journal (
    epoch TEXT NOT NULL,
    lane TEXT NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    wall_ms INTEGER NOT NULL,
    synchronised INTEGER NOT NULL,
    boot TEXT NOT NULL,
    mono_ms INTEGER NOT NULL,
    body BLOB NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (epoch, lane, seq)
) WITHOUT ROWID;

CREATE TABLE business_day (
    day TEXT PRIMARY KEY,
    opened_ms INTEGER NOT NULL
) WITHOUT ROWID;

-- Numbers are drawn from leased blocks, so that several kiosks can later share one series.
CREATE TABLE number_block (
    day TEXT NOT NULL,
    series TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    next INTEGER NOT NULL,
    PRIMARY KEY (day, series, first)
) WITHOUT ROWID;

CREATE TABLE ticket (
    id TEXT PRIMARY KEY,
    day TEXT NOT NULL,
    series TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    service TEXT NOT NULL,
    state TEXT NOT NULL,
    track_hash TEXT NOT NULL,
    issued_ms INTEGER NOT NULL,
    arrived INTEGER NOT NULL,
    counter INTEGER,
    called_ms INTEGER,
    started_ms INTEGER,
    ended_ms INTEGER,
    calls INTEGER NOT NULL DEFAULT 0,
    UNIQUE (day, series, ordinal)
) WITHOUT ROWID;
CREATE INDEX ticket_queue ON ticket (day, state, arrived);
CREATE INDEX ticket_arrival ON ticket (day, arrived);
CREATE INDEX ticket_track ON ticket (track_hash);

CREATE TABLE idempotency (
    key_hash BLOB PRIMARY KEY,
    service TEXT NOT NULL,
    ticket_id TEXT NOT NULL,
    salt BLOB NOT NULL,
    ahead INTEGER NOT NULL,
    at_ms INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE print_job (
    id TEXT PRIMARY KEY,
    ticket_id TEXT NOT NULL,
    state TEXT NOT NULL,
    detail TEXT NOT NULL DEFAULT '',
    bytes BLOB NOT NULL,
    sha256 TEXT NOT NULL,
    copy INTEGER NOT NULL DEFAULT 0,
    queued_ms INTEGER NOT NULL
);
CREATE INDEX print_job_state ON print_job (state, id);
CREATE INDEX print_job_ticket ON print_job (ticket_id);

CREATE TABLE request (
    id TEXT PRIMARY KEY,
    service TEXT NOT NULL,
    state TEXT NOT NULL,
    track_hash TEXT NOT NULL,
    submitted_ms INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE alert (
    id TEXT PRIMARY KEY,
    code TEXT NOT NULL,
    source TEXT NOT NULL,
    state TEXT NOT NULL,
    evidence INTEGER NOT NULL,
    nonce TEXT NOT NULL,
    raised_ms INTEGER NOT NULL,
    raised_mono_ms INTEGER NOT NULL,
    boot TEXT NOT NULL,
    presses INTEGER NOT NULL,
    last_press_mono_ms INTEGER NOT NULL,
    drill INTEGER NOT NULL,
    officer TEXT,
    answered_ms INTEGER,
    closed_ms INTEGER
) WITHOUT ROWID;
CREATE INDEX alert_open ON alert (id) WHERE state <> 'closed';

CREATE TABLE alert_step (
    alert_id TEXT NOT NULL,
    step INTEGER NOT NULL,
    action TEXT NOT NULL,
    state TEXT NOT NULL,
    evidence INTEGER NOT NULL,
    path TEXT NOT NULL,
    raw TEXT NOT NULL,
    wall_ms INTEGER NOT NULL,
    mono_ms INTEGER NOT NULL,
    PRIMARY KEY (alert_id, step)
) WITHOUT ROWID;

-- Officers at the counters; the PIN is kept as a scrypt hash.
CREATE TABLE officer (
    name TEXT PRIMARY KEY,
    role TEXT NOT NULL,
    pin_hash TEXT NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,
    locked_until_ms INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- One row per daemon or link: when it last said that it lives, and in what shape. Not journalled.
CREATE TABLE part (
    name TEXT PRIMARY KEY,
    boot TEXT NOT NULL,
    mono_ms INTEGER NOT NULL,
    ok INTEGER NOT NULL,
    detail TEXT NOT NULL
) WITHOUT ROWID;
