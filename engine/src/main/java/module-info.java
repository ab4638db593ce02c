/// Carries a plan through crashes. Knows ports, never a vendor.
module lastgood.engine {
    requires static org.jspecify;
    requires transitive lastgood.core;
    requires com.fasterxml.jackson.databind;

    // Export a package the day its first public type arrives; javac refuses to export an empty one:
    // exports lastgood.engine;
    // exports lastgood.engine.journal;
    // exports lastgood.engine.port;
    // exports lastgood.engine.steps;
}
