/// What a rollback is. Needs nothing but the JDK's own base module, and must stay so.
module lastgood.core {
    requires static transitive org.jspecify;

    exports lastgood.core;
    exports lastgood.core.data;
    exports lastgood.core.decide;
    exports lastgood.core.detect;
    exports lastgood.core.feed;
    exports lastgood.core.plan;
    exports lastgood.core.recover;
    exports lastgood.core.schema;
}
