-- The newest connection that said it is there; a last will of any other says nothing about it.
ALTER TABLE device ADD COLUMN presence_boot {text};
ALTER TABLE device ADD COLUMN presence_connection {int};
