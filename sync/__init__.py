"""What leaves a site, how, and the proof that it arrived: the wire, both ends of it, and the central server."""
