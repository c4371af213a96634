"""Calls spoken in Indonesian without any network: what is said (`utterance`), and how it becomes sound (`engines`)."""
