package lastgood.demo.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/// What `graph.properties` says; it goes out with each release.
///
/// @param weightsRequired whether an edge without a weight is an error
/// @param searchIndexed whether a search uses the index, or reads all of the store
/// @param storeReachable whether the store's address is one that exists
/// @param weightColumn what the column with the weights is called
record Behaviour(boolean weightsRequired, boolean searchIndexed, boolean storeReachable, String weightColumn) {

    /// The only store there is.
    static final String STORE = "memory";

    static Behaviour read(Path file) throws IOException {
        var properties = new Properties();
        try (var in = Files.newBufferedReader(file)) {
            properties.load(in);
        }
        return new Behaviour(
                properties.getProperty("edges.weight", "optional").equals("required"),
                properties.getProperty("search.index", "on").equals("on"),
                properties.getProperty("graph.store", STORE).equals(STORE),
                column(properties.getProperty("edges.column", "weight")));
    }

    /// It becomes a part of SQL.
    private static String column(String name) throws IOException {
        if (!name.matches("[a-z]{1,20}")) {
            throw new IOException("edges.column is not the name of a column: " + name);
        }
        return name;
    }
}
