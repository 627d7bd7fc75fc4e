"""Tests of the drop-in for Ruffus."""
