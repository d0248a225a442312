"""The same flow of Bytewax with recovery: snapshots of its state in SQLite."""

from load_tests.peers.engines.bytewax_flow import run

if __name__ == "__main__":
    run(recoverable=True)
