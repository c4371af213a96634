"""Speech without any network: what is said, and how it becomes sound, by recorded clips or a synthesiser."""
