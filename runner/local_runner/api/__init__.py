"""The HTTP interface of a model: what a request must be, what is answered, and how a mistake is told.

The function behind an API Gateway and `pipeline:serve` answer by this same code; it uses the standard library
alone and imports nothing of the runner, so that tools take the folder along as the package `api`.
"""
