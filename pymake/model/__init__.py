"""Values and pure functions: no disk, no clock, no globals."""
