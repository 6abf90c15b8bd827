"""The `predict` command: a file of rows in, the same rows with the predictions of a version out."""
