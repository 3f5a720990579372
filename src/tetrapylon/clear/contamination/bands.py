"""What a contamination map shows, and what has to be said beside it."""

from __future__ import annotations

BANDS = ("expected items left", "probability of an item left", "variance of log intensity", "distance to evidence")
LEGEND = (
    "Expected items and probabilities are model results for ranking survey, not clearance. Where the distance to "
    "evidence exceeds the reach of the model ({reach:.0f} m) they show the prior alone. Nothing here releases land."
)
