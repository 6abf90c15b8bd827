"""The parts of the page, one per file; each returns its section, or None where it has nothing to say."""
