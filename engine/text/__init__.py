"""Words: the vocabulary of a pack and spelling suggestions. No networks."""
