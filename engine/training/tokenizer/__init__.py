"""Training of the tokenizer, with and without a discriminator."""
