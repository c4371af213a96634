-- Where each lane stood when a business day opened: by these, not by a clock, acknowledged rows grow old.
CREATE TABLE day_mark (
    epoch TEXT NOT NULL,
    lane TEXT NOT NULL,
    day TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (epoch, lane, day)
) WITHOUT ROWID;
