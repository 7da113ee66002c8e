/** The drivers that clouds call. */
module io.jrados.drivers {
    requires transitive io.jrados.disk;
    requires transitive io.jrados.rbd;
    requires org.slf4j;
    requires static org.jspecify;

    exports io.jrados.drivers;
    exports io.jrados.drivers.backup;
    exports io.jrados.drivers.backup.model;
    exports io.jrados.drivers.cinder;
    exports io.jrados.drivers.cinder.model;
    exports io.jrados.drivers.glance;
    exports io.jrados.drivers.glance.model;
    exports io.jrados.drivers.nova;
    exports io.jrados.drivers.nova.model;
}
