"""Media: images in, clips out."""
