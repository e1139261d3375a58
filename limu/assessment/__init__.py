"""How well departments share (归集共享质效评估): yearly facts, a public formula, anyone can recompute."""
