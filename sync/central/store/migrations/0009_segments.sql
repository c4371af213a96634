-- Events are kept as the messages that kiosks signed, not copied into a row each (`sync.central.store.segments`). What is
-- in the old tables is packed into messages by `sync.central.store.repack`, which then drops them.

CREATE TABLE segment (
    number {int} PRIMARY KEY,
    device {text} NOT NULL,
    epoch {text} NOT NULL,
    lane {text} NOT NULL,
    first_seq {int} NOT NULL,
    last_seq {int} NOT NULL,
    is_gap {bool} NOT NULL,
    before_hash {blob} NOT NULL,
    received_ms {int} NOT NULL,
    UNIQUE (device, epoch, lane, first_seq)
) {strict};

-- for sqlite:
CREATE TABLE segment_body (
    number INTEGER PRIMARY KEY,
    received_ms INTEGER NOT NULL,
    message BLOB NOT NULL
) STRICT;

-- for postgresql:
CREATE SEQUENCE segment_number OWNED BY segment.number;
ALTER TABLE segment ALTER COLUMN number SET DEFAULT nextval('segment_number');
CREATE TABLE segment_body (
    number BIGINT NOT NULL,
    received_ms BIGINT NOT NULL,
    message BYTEA NOT NULL,
    PRIMARY KEY (number, received_ms)
) PARTITION BY RANGE (received_ms);
-- Messages are packed already: the database need not try again.
ALTER TABLE segment_body ALTER COLUMN message SET STORAGE EXTERNAL;
