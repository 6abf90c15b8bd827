"""The model build pipeline: settings, definition, and the commands that compile, upload and start it."""
