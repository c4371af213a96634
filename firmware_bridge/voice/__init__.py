"""The loudspeaker of a box: the stage in words (`utterance`), their sound (`engines`), when (`programme`), and out."""
