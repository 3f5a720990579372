"""Where things are and how large: CRS choice, geodesic area and length, traverse, geometry checks, grids."""
