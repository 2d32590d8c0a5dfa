"""The demo's data: invented, deterministic, made by the same verbs that people use."""
