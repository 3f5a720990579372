"""Disposal next to a monument: effects, stand-off and damage, never procedures.

``airblast`` and ``waveform`` give the blast of a charge, ``equivalence`` its TNT mass, ``fragments`` its fragments,
``vibration`` and ``measured`` the ground motion with site calibration, ``limits`` what the standards allow,
``overturning`` and ``damage`` what it does to stone, ``exceedance`` the chance of it. ``listed`` holds planning masses,
``cordon`` keeps people away, ``screening`` and ``contours`` lay the limits over the structures, ``decision`` makes the
sheet for the EOD operator, with whom the authority stays. Every number carries its mark of verification (``marks``).
"""
