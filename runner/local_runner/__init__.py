"""Runs a compiled SageMaker pipeline definition on this machine, without Docker and without AWS.

S3 is a directory, `/opt/ml` a job directory, the model registry a file. Standard library only.
"""
