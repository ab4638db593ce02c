/// Carries a plan through crashes. Knows ports, never a vendor. Export a package the day its first public type arrives:
/// javac refuses to export an empty one.
module lastgood.engine {
    requires static org.jspecify;
    requires transitive lastgood.core;
    requires com.fasterxml.jackson.databind;

    exports lastgood.engine.port;
}
