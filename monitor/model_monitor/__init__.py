"""What a model's data and answers look like, and whether they still look like those it was approved with.

The same code runs on a laptop, in a processing job and in tests. It needs numpy, pandas and pyarrow.
"""
