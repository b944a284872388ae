"""A still that stays itself and moves: the camera's motion from the model's clip, the pixels from the still."""
