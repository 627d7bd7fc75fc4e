"""Tasks to jobs, jobs to a plan; targets to the jobs they need."""
