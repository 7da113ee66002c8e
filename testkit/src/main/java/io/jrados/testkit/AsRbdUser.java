package io.jrados.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The class's clients have nothing but {@code profile rbd}, see {@link CephCluster#limitedUser}: no test in it needs
 * more.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface AsRbdUser {}
