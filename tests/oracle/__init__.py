"""A slow, independent transcription of the scoring specification, for tests."""
