"""What is typed about a training and its questions; nothing here writes a row."""
