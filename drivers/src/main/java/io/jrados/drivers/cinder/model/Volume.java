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
        this.name = name;
        this.size = size;
        this.type = type;
        this.quota = quota;
        this.encrypted = encrypted;
        this.location = location;
    }

    /**
     * A plain volume.
     *
     * @param name of its image: {@code volume-<id>}
     * @param size GiB
     * @throws IllegalArgumentException below 1 GiB
     */
    public static Volume of(String name, int size) {
        if (size < 1) {
            throw new IllegalArgumentException("size: " + size + " GiB");
        }
        return new Volume(Objects.requireNonNull(name, "name"), size, VolumeType.NONE, true, false, Optional.empty());
    }

    public Volume withType(VolumeType type) {
        Objects.requireNonNull(type, "type");
        return new Volume(name, size, type, quota, encrypted, location);
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
        return new Volume(name, size, type, quota, encrypted, Optional.of(Objects.requireNonNull(text, "text")));
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
