"""What the portal reads: a view of its own over the rows of the apps beneath."""

from .rollups import CommitmentDifferences

__all__ = ["CommitmentDifferences"]
