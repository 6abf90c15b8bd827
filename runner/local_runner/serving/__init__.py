"""Serving a model through its own `inference.py`, in a process of its own."""
