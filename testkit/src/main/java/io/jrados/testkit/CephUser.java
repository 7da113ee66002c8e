package io.jrados.testkit;

/**
 * The user that a test is to the cluster: a parameter of test methods. The administrator, or
 * {@link CephCluster#limitedUser}.
 *
 * @param name {@code client.admin}
 * @param key its secret, as key rings have it
 */
public record CephUser(String name, String key) {
    /** Without the key. */
    @Override
    public String toString() {
        return name;
    }
}
