"""How the directory of a job is placed at `/opt/ml`, where scripts expect it."""
