package io.jrados.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The class's tests need a Ceph cluster of their own, whose daemons they may kill: methods and constructors may have a
 * {@link PrivateCephCluster} parameter. It's started before the first test (1 to 3 seconds) and removed after the last,
 * and comes from the machine's packages or from a container, see {@link CephTest}; never is it a cluster that was
 * there.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Inherited
@Tag("ceph")
@ExtendWith(CephExtension.class)
public @interface PrivateCephTest {
    int osds() default 2;

    int mons() default 1;

    /** Managers, {@code mgr.x} the first: statistics, quotas and splits need one. */
    int mgrs() default 0;

    /** Python modules that the managers load, as {@code "rbd_support"}. */
    String[] mgrModules() default {};

    /** Ceph's release, 14, 16, 18 or 20, whatever the run's is; its packages are fetched when they are not there. */
    String release() default "";

    /** Types of keys, from release 20 on: {@code mixed}, {@code aes256k} or {@code aes}. */
    String keys() default "mixed";

    /** The address where the daemons listen, an address of this machine; that of the loopback interface if empty. */
    String address() default "";

    /** MemStore forgets on SIGKILL what its peers don't have: tests that kill want BlueStore. */
    Store store() default Store.MEMSTORE;

    /** Lines for the {@code [global]} section, as {@code "osd heartbeat grace = 5"}. */
    String[] conf() default {};

    /** The store in which OSDs keep their objects. */
    enum Store {
        MEMSTORE,
        BLUESTORE
    }
}
