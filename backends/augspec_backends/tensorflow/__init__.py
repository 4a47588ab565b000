"""The TensorFlow backend and its Keras layer."""
