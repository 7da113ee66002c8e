package io.jrados.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The class's tests need a Ceph cluster: methods and constructors may have a {@link CephCluster} parameter. One cluster
 * serves a whole run: tests keep to pools of their own ({@link CephCluster#pool}) and leave the daemons alone; those
 * that kill daemons, or need settings of their own, use {@link PrivateCephTest}.
 *
 * <p>The cluster is, in this order:
 *
 * <ol>
 *   <li>the one whose {@code ceph.conf} the system property {@code jrados.ceph.conf} or the environment variable {@code
 *       CEPH_CONF} names;
 *   <li>a private one of real daemons from the machine's packages, started for the run and removed after it;
 *   <li>one in a container, where a Docker engine answers and has the image {@code jrados.ceph.image};
 * </ol>
 *
 * <p>and when none can be had the class fails with a sentence that says what to install. The system property {@code
 * jrados.ceph.cluster} ({@code packages} or {@code container}) allows only one way, {@code jrados.ceph.release} (14,
 * 16, 18 or 20) chooses Ceph's release for the second.
 *
 * <p>A class whose tests made a daemon abort fails, whatever they asserted.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Inherited
@Tag("ceph")
@ExtendWith(CephExtension.class)
public @interface CephTest {}
