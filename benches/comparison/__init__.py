"""AnonAPI and `anon` side by side: what `benches/compare` is made of."""
