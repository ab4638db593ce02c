/// Carries a plan through crashes. Knows ports, never a vendor.
module lastgood.engine {
    requires static transitive org.jspecify;
    requires transitive lastgood.core;
    requires transitive com.fasterxml.jackson.databind;

    exports lastgood.engine;
    exports lastgood.engine.journal;
    exports lastgood.engine.port;
    exports lastgood.engine.port.database;
    exports lastgood.engine.signals;
    exports lastgood.engine.steps;
    exports lastgood.engine.watch;
}
