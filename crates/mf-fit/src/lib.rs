//! Optimization on top of the theory: best spacing and scale, power laws with their errors.
