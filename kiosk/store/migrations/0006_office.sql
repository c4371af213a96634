-- The office: who is next, what officers do, how a day ends.

-- A ticket belongs to the day that drew its number and queues on `queue_day`, a later one when it was carried over.
-- `boot` and `mono_ms` say when it arrived by a clock that nobody sets; what was promised is kept to be measured.
ALTER TABLE ticket ADD COLUMN queue_day TEXT NOT NULL DEFAULT '';
ALTER TABLE ticket ADD COLUMN boot TEXT NOT NULL DEFAULT '';
ALTER TABLE ticket ADD COLUMN mono_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ticket ADD COLUMN priority TEXT NOT NULL DEFAULT '';
ALTER TABLE ticket ADD COLUMN due_ms INTEGER;
ALTER TABLE ticket ADD COLUMN for_counter INTEGER;
ALTER TABLE ticket ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE ticket ADD COLUMN result TEXT NOT NULL DEFAULT '';
ALTER TABLE ticket ADD COLUMN promised_min INTEGER;
ALTER TABLE ticket ADD COLUMN promised_max INTEGER;
ALTER TABLE ticket ADD COLUMN first_called_s INTEGER;
UPDATE ticket SET queue_day = day;
DROP INDEX ticket_queue;
DROP INDEX ticket_arrival;
CREATE INDEX ticket_queue ON ticket (queue_day, state, arrived);
CREATE INDEX ticket_priority ON ticket (queue_day, arrived) WHERE priority <> '';

-- The last arrival, when the hall was last busy, and how the day ended.
ALTER TABLE business_day ADD COLUMN arrivals INTEGER NOT NULL DEFAULT 0;
ALTER TABLE business_day ADD COLUMN boot TEXT NOT NULL DEFAULT '';
ALTER TABLE business_day ADD COLUMN mono_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE business_day ADD COLUMN opened_boot TEXT NOT NULL DEFAULT '';
ALTER TABLE business_day ADD COLUMN opened_mono_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE business_day ADD COLUMN closed_on TEXT;
ALTER TABLE business_day ADD COLUMN closed_ms INTEGER;
ALTER TABLE business_day ADD COLUMN carried_in INTEGER NOT NULL DEFAULT 0;
ALTER TABLE business_day ADD COLUMN carried_out INTEGER NOT NULL DEFAULT 0;
UPDATE business_day SET arrivals = COALESCE((SELECT MAX(arrived) FROM ticket WHERE ticket.day = business_day.day), 0);

-- How many wait for each service: counted as states change, because thousands may wait and every newcomer asks.
CREATE TABLE waiting_now (
    service TEXT PRIMARY KEY,
    people INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO waiting_now SELECT service, COUNT(*) FROM ticket
    WHERE state = 'waiting' AND day = (SELECT MAX(day) FROM business_day) GROUP BY service;
CREATE TRIGGER ticket_begins_to_wait AFTER INSERT ON ticket WHEN NEW.state = 'waiting' BEGIN
    INSERT INTO waiting_now VALUES (NEW.service, 1) ON CONFLICT (service) DO UPDATE SET people = people + 1;
END;
CREATE TRIGGER ticket_waits_no_more AFTER UPDATE OF state, service ON ticket WHEN OLD.state = 'waiting' BEGIN
    UPDATE waiting_now SET people = people - 1 WHERE service = OLD.service;
END;
CREATE TRIGGER ticket_waits_again AFTER UPDATE OF state, service ON ticket WHEN NEW.state = 'waiting' BEGIN
    INSERT INTO waiting_now VALUES (NEW.service, 1) ON CONFLICT (service) DO UPDATE SET people = people + 1;
END;

-- Every call, in order: the board's queue of calls, which a screen that was away reads on from where it was.
CREATE TABLE called (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket_id TEXT NOT NULL,
    counter INTEGER NOT NULL,
    call INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    boot TEXT NOT NULL,
    mono_ms INTEGER NOT NULL
);

-- Further services under one number, in the order in which they were added.
CREATE TABLE visit_service (
    ticket_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    service TEXT NOT NULL,
    counter INTEGER NOT NULL,
    officer TEXT NOT NULL,
    PRIMARY KEY (ticket_id, position)
) WITHOUT ROWID;

-- How far the turns between priority and others have come, for each set of services that some counters share.
CREATE TABLE turns (
    pool TEXT PRIMARY KEY,
    lane TEXT NOT NULL,
    run INTEGER NOT NULL
) WITHOUT ROWID;

-- Who sits where: open, paused or closed.
CREATE TABLE counter (
    number INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    officer TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    since_ms INTEGER NOT NULL
);

-- Whose services an officer may serve; empty: everybody's. An account that was closed keeps its name in the journal.
ALTER TABLE officer ADD COLUMN agency TEXT NOT NULL DEFAULT '';
ALTER TABLE officer ADD COLUMN closed_ms INTEGER;
