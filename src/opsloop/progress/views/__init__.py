"""The pages of progress, risks, delays and the stand-up."""
