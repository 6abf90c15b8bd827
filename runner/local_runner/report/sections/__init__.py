"""The parts of the page, one per file; each returns its section, or None where the run has nothing to say about it."""
