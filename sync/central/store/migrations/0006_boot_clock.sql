-- What is known of the clock of each boot: wall - monotonic of its newest event with a right clock, and when that was.
-- Both empty: no such event has come yet.
CREATE TABLE boot_clock (
    device {text} NOT NULL,
    boot {text} NOT NULL,
    offset_ms {int},
    mono_ms {int},
    PRIMARY KEY (device, boot)
) {strict};

-- When it happened, of an event whose own clock was wrong; empty while nobody knows.
ALTER TABLE event ADD COLUMN true_ms {int};
CREATE INDEX event_unsynchronised ON event (device, boot, mono_ms) WHERE NOT synchronised;
CREATE INDEX event_unrepaired ON event (device, boot, mono_ms) WHERE true_ms IS NULL AND NOT synchronised;

-- The reading of the monotonic clock when it was pressed; empty for alerts from before this was written down.
ALTER TABLE alert ADD COLUMN raised_boot {text};
ALTER TABLE alert ADD COLUMN raised_mono_ms {int};

-- What the events that are here already tell, as if they came now (`sync.central.boot_time`).
INSERT INTO boot_clock (device, boot, offset_ms, mono_ms)
SELECT event.device, event.boot, MAX(event.wall_ms - event.mono_ms), event.mono_ms
FROM event
JOIN (
    SELECT device, boot, MAX(mono_ms) AS mono_ms
    FROM event
    WHERE synchronised AND mono_ms BETWEEN 0 AND 253402214400000 AND wall_ms BETWEEN 0 AND 253402214400000
    GROUP BY device, boot
) newest ON newest.device = event.device AND newest.boot = event.boot AND newest.mono_ms = event.mono_ms
WHERE event.synchronised AND event.wall_ms BETWEEN 0 AND 253402214400000 AND event.boot NOT IN ('', 'unknown')
GROUP BY event.device, event.boot, event.mono_ms;

UPDATE event SET true_ms = mono_ms + (
    SELECT offset_ms FROM boot_clock WHERE boot_clock.device = event.device AND boot_clock.boot = event.boot
)
WHERE NOT synchronised AND mono_ms BETWEEN 0 AND 253402214400000 AND EXISTS (
    SELECT 1 FROM boot_clock WHERE boot_clock.device = event.device AND boot_clock.boot = event.boot
    AND event.mono_ms + boot_clock.offset_ms BETWEEN 0 AND 253402214400000
);
