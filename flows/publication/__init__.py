"""What is on disk: manifest, publish, history and rollback, reviewers' edits, lock, input fingerprint.

A publication, step by step:

1. `lock`: one run at a time holds a round.
2. `swap.finish`: what a killed run began is finished; what it only staged is deleted.
3. `reviewer_edits`: what a person changed in a package or added to it is copied to `data/raw`.
4. `publish`: every package is built in `.staging` with its `manifest` and verified against it. A file that a person has
   open (`open_workbooks`) is linked into the new package, and its successor is put beside it.
5. `swap.begin`: everything is flushed to disk and the journal is written. From here on a kill no longer loses the new
   packages, and the next run goes on at 6.
6. `swap.finish`: a package is renamed into place, the one before to `history`, after its edits were archived once more.
"""
