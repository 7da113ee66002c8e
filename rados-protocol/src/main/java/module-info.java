/** RADOS in pure Java. */
module io.jrados.rados {
    requires io.netty.buffer;
    requires io.netty.common;
    requires io.netty.resolver;
    requires io.netty.transport;
    requires java.naming;
    requires org.slf4j;
    requires static org.jspecify;

    exports io.jrados.cls;
    exports io.jrados.conf;
    exports io.jrados.crypto to
            io.jrados.rbd;
    exports io.jrados.error;
    exports io.jrados.json to
            io.jrados.disk,
            io.jrados.drivers,
            io.jrados.rbd;
    exports io.jrados.osd.op;
    exports io.jrados.rados;
    exports io.jrados.wire to
            io.jrados.rbd;
}
