"""A branch beside the one that it is to be merged into: both runs of the pipeline, as Markdown."""
