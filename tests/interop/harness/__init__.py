"""What the interop suites stand on: real programs, each started in a directory of its own."""
