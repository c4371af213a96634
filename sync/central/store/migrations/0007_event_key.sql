-- The key of every event beside its body, so that bodies can be partitioned by the month in which they were received: a
-- partitioned table can't promise that a key is unique unless the partition is part of it. `arrival` and `received_ms`
-- find the body. SQLite keeps one table; there the keys are a view of it.

-- for postgresql:
ALTER TABLE event RENAME TO event_before;
ALTER TABLE event_before DROP CONSTRAINT event_pkey;
ALTER TABLE event_before DROP CONSTRAINT event_device_epoch_lane_seq_key;
ALTER TABLE event_before ALTER COLUMN arrival DROP IDENTITY;
ALTER INDEX event_unsynchronised RENAME TO event_before_unsynchronised;
ALTER INDEX event_unrepaired RENAME TO event_before_unrepaired;

CREATE SEQUENCE event_arrival;
SELECT setval('event_arrival', COALESCE((SELECT MAX(arrival) FROM event_before), 0) + 1, false);

CREATE TABLE event (
    arrival BIGINT NOT NULL DEFAULT nextval('event_arrival'),
    device TEXT NOT NULL,
    epoch TEXT NOT NULL,
    lane TEXT NOT NULL,
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    wall_ms BIGINT NOT NULL,
    synchronised BOOLEAN NOT NULL,
    boot TEXT NOT NULL,
    mono_ms BIGINT NOT NULL,
    body BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    received_ms BIGINT NOT NULL,
    true_ms BIGINT
) PARTITION BY RANGE (received_ms);
CREATE INDEX event_by_arrival ON event (arrival);
CREATE INDEX event_unsynchronised ON event (device, boot, mono_ms) WHERE NOT synchronised;
CREATE INDEX event_unrepaired ON event (device, boot, mono_ms) WHERE true_ms IS NULL AND NOT synchronised;

CREATE TABLE event_key (
    device TEXT NOT NULL,
    epoch TEXT NOT NULL,
    lane TEXT NOT NULL,
    seq BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    received_ms BIGINT NOT NULL,
    arrival BIGINT NOT NULL
);
INSERT INTO event_key (device, epoch, lane, seq, hash, received_ms, arrival)
SELECT device, epoch, lane, seq, hash, received_ms, arrival FROM event_before;
ALTER TABLE event_key ADD PRIMARY KEY (device, epoch, lane, seq);

-- for sqlite:
CREATE VIEW event_key AS SELECT device, epoch, lane, seq, hash, received_ms, arrival FROM event;
