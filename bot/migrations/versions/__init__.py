"""The steps; each names the one before it. What is here has run on somebody's data: it is added to, never changed."""
