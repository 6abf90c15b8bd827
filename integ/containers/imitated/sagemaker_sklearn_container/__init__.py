"""Imitates the package of the scikit-learn image; see `imitated.py`."""
