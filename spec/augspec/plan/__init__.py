"""plan and fuse: from a normalized policy to stages, what each draws and what each does."""
