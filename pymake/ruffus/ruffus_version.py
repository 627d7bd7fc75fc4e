"""The version of Ruffus that this stands in for."""

VERSION = "3.0.0"
