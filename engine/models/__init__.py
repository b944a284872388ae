"""The networks: tokenizer, window transformer, text encoder."""
