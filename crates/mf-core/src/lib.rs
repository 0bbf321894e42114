//! The mean field theory of quantized deep networks: activations, maps, fixed points, slopes, depth scales.
