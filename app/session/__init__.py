"""What a tab begins from: settings and levers, files on disk, people, sessions."""
