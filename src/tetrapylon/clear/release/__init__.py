"""What the gate rests on: reports of danger, which structure they concern, and whether a Decision stands."""
