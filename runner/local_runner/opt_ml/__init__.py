"""How the directory of a job comes to stand at `/opt/ml`, where scripts expect it."""
