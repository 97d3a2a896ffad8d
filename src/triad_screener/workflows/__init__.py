"""What the program can do, as functions. They meet the world through its ports."""
