"""Run jobs: commands as processes, Python calls in workers or in place."""
