"""The broker of a central: its settings and permissions, generated, and the commands that make them."""
