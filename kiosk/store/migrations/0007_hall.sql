-- Several kiosks in one hall (kiosk.core.hall).

-- Who draws from a block: empty for this kiosk itself, else the satellite, in that life of its database.
ALTER TABLE number_block ADD COLUMN holder TEXT NOT NULL DEFAULT '';
ALTER TABLE number_block ADD COLUMN holder_epoch TEXT NOT NULL DEFAULT '';

-- At the hub: the satellite that issued a ticket, empty for its own. At a satellite: the life of the hub's database
-- that has taken the ticket, empty for none yet; NULL for a ticket that was never for a hub.
ALTER TABLE ticket ADD COLUMN origin TEXT NOT NULL DEFAULT '';
ALTER TABLE ticket ADD COLUMN merged_epoch TEXT;
CREATE INDEX ticket_merged ON ticket (day, merged_epoch) WHERE merged_epoch IS NOT NULL;

CREATE INDEX ticket_origin ON ticket (origin, day) WHERE origin <> '';

-- Which tickets of satellites have changed, the newest last: a satellite reads on from where it was.
CREATE TABLE hall_change (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket_id TEXT NOT NULL UNIQUE,
    origin TEXT NOT NULL
);
CREATE INDEX hall_change_origin ON hall_change (origin, seq);
CREATE TRIGGER ticket_of_satellite_comes AFTER INSERT ON ticket WHEN NEW.origin <> '' BEGIN
    INSERT INTO hall_change (ticket_id, origin) VALUES (NEW.id, NEW.origin);
END;
CREATE TRIGGER ticket_of_satellite_changes
AFTER UPDATE OF state, service, counter, calls, priority, started_ms, ended_ms ON ticket WHEN NEW.origin <> '' BEGIN
    DELETE FROM hall_change WHERE ticket_id = NEW.id;
    INSERT INTO hall_change (ticket_id, origin) VALUES (NEW.id, NEW.origin);
END;

-- At a satellite: its hub as far as it is known, and how far its changes were taken.
CREATE TABLE hall_hub (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    device TEXT NOT NULL,
    epoch TEXT NOT NULL,
    applied INTEGER NOT NULL DEFAULT 0,
    day TEXT NOT NULL DEFAULT '',
    taken TEXT NOT NULL DEFAULT '{}'
);
