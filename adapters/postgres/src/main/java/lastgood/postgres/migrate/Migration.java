package lastgood.postgres.migrate;

import java.util.Optional;
import lastgood.core.data.Migrations;
import lastgood.core.data.Migrations.Undo;

/// One applied migration: its entry in the history, and its way down.
///
/// @param key what its tool knows it by
/// @param down the file, if there is one that we may run
/// @param undo what comes of it
record Migration(String name, String at, boolean done, long xid, String key, Optional<Scripts.Side> down, Undo undo) {

    Migrations.Applied shown() {
        return new Migrations.Applied(name, at, done, xid, undo);
    }
}
