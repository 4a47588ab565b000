"""The PyTorch backend and its adapters: datasets, loaders and a module for the device."""
