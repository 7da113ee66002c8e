package io.jrados.drivers.cinder.model;

import java.util.Objects;
import java.util.Optional;

/** A volume as Cinder's database describes it. Immutable; begin with {@link #of}. */
public final class Volume {
    private final String name;
    private final int size;
    private final VolumeType type;
    private final boolean quota;
    private final boolean encrypted;
    private final Optional<String> location;

    private Volume(
            String name, int size, VolumeType type, boolean quota, boolean encrypted, Optional<String> location) {
        this.name = Objects.requireNonNull(name, "name");
        this.size = size;
        this.type = Objects.requireNonNull(type, "type");
        this.quota = quota;
        this.encrypted = encrypted;
        this.location = Objects.requireNonNull(location, "location");
    }

    /**
     * A plain volume.
     *
     * @param name of its image: {@code volume-<id>}
     * @param gibibytes its size
     * @throws IllegalArgumentException below 1 GiB
     */
    public static Volume of(String name, int gibibytes) {
        if (gibibytes < 1) {
            throw new IllegalArgumentException("gibibytes: " + gibibytes);
        }
        return new Volume(name, gibibytes, VolumeType.NONE, true, false, Optional.empty());
    }

    public Volume withType(VolumeType newType) {
        return new Volume(name, size, newType, quota, encrypted, location);
    }

    /** Makes it a temporary volume, which no policy flattens ({@code use_quota} is false). */
    public Volume temporary() {
        return new Volume(name, size, type, false, encrypted, location);
    }

    /** Makes it an encrypted volume: its image is larger than its size by the header of its encryption. */
    public Volume withEncryption() {
        return new Volume(name, size, type, quota, true, location);
    }

    /** Sets {@code provider_location}, in which the driver keeps what it must remember of a volume. */
    public Volume withProviderLocation(String text) {
        return new Volume(name, size, type, quota, encrypted, Optional.of(text));
    }

    public String name() {
        return name;
    }

    /** GiB. */
    public int size() {
        return size;
    }

    public VolumeType type() {
        return type;
    }

    public boolean isTemporary() {
        return !quota;
    }

    public boolean isEncrypted() {
        return encrypted;
    }

    public Optional<String> providerLocation() {
        return location;
    }

    @Override
    public String toString() {
        return name + " of " + size + " GiB";
    }
}
