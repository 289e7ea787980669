"""Values to Block Kit: owns every limit that Slack sets; nothing else writes a block."""
