"""One module per step type. Each has `run(job)`, and `cache_parts(job)` where results can be reused."""
