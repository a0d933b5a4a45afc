"""Base year: its policy, its recalculation for events, and a comparison with it that adds up (Corporate Standard, chapter 5)."""
