"""Tests of the scripts and the settings; they use small made-up tables, not the data of the repository."""
