"""Decide and drive: survey, rebuilders, scheduler, recorder, loop. No disk, no processes."""
