/** The operations and state of a client as meters of Micrometer. */
module io.jrados.micrometer {
    requires transitive io.jrados.rados;
    requires micrometer.core;
    requires static org.jspecify;

    exports io.jrados.micrometer;
}
