"""Work in other processes: jobs, questions, and the answers that the worker gives."""
