"""What laws are asked: policies, signatures, probes, and the strategies that vary them."""
