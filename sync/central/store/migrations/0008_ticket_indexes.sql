-- A tracking hash is random: an index of nothing else is written all over, one page a ticket. Within a day the same
-- pages are written again and again, and looking a code up in each of the last four hundred days takes a millisecond.
-- 12 hex digits are 48 bits; the whole hash is compared in the row.
DROP INDEX ticket_by_track;
CREATE INDEX ticket_by_track ON ticket (day, substr(track_hash, 1, 12));
-- Whoever reads a day's tickets of a kiosk reads a few hundred: a longer key would only be written, never needed.
DROP INDEX ticket_by_day;
CREATE INDEX ticket_by_day ON ticket (device, day);
