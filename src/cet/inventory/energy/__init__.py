"""Certificates, contracts and residual mixes applied to an inventory's energy."""
