"""Kinds of pack: what is different between one and another, behind one protocol; nothing else tells them apart."""
