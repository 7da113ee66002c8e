package io.jrados.drivers.glance.model;

import io.jrados.drivers.ByteSource;
import io.jrados.rbd.model.Progress;
import java.util.Objects;
import java.util.Optional;

/** An image that is to be added to a store. Immutable, though its source can be read once only. */
public final class Upload {
    private final String imageId;
    private final ByteSource source;
    private final Extras extras;

    private record Extras(long size, Optional<String> hash, Verifier verifier, Progress progress) {}

    private Upload(String imageId, ByteSource source, Extras extras) {
        this.imageId = imageId;
        this.source = source;
        this.extras = extras;
    }

    /**
     * An upload of unknown size, with the store's digest.
     *
     * @param imageId the image's name
     */
    public static Upload of(String imageId, ByteSource source) {
        Objects.requireNonNull(imageId, "imageId");
        Objects.requireNonNull(source, "source");
        return new Upload(imageId, source, new Extras(0, Optional.empty(), Verifier.NONE, Progress.NONE));
    }

    /**
     * With so many bytes, which the source must have, neither more nor less.
     *
     * @param size 0 if it is not known; adding a negative one fails with EINVAL
     */
    public Upload withSize(long size) {
        return new Upload(imageId, source, new Extras(size, extras.hash, extras.verifier, extras.progress));
    }

    /** With another digest beside MD5 than the store's, as {@code sha256}. */
    public Upload withHashingAlgorithm(String algorithm) {
        Objects.requireNonNull(algorithm, "algorithm");
        return new Upload(
                imageId, source, new Extras(extras.size, Optional.of(algorithm), extras.verifier, extras.progress));
    }

    public Upload withVerifier(Verifier verifier) {
        Objects.requireNonNull(verifier, "verifier");
        return new Upload(imageId, source, new Extras(extras.size, extras.hash, verifier, extras.progress));
    }

    /** With somebody who is told how many bytes were read, and may cancel. */
    public Upload withProgress(Progress progress) {
        Objects.requireNonNull(progress, "progress");
        return new Upload(imageId, source, new Extras(extras.size, extras.hash, extras.verifier, progress));
    }

    /** Returns the image's name. */
    public String imageId() {
        return imageId;
    }

    /** Returns the source of the bytes. */
    public ByteSource source() {
        return source;
    }

    /** Returns the number of bytes, 0 if it is not known. */
    public long size() {
        return extras.size;
    }

    /** Returns the name of the digest beside MD5; empty for the store's. */
    public Optional<String> hashingAlgorithm() {
        return extras.hash;
    }

    /** Returns the check that goes along. */
    public Verifier verifier() {
        return extras.verifier;
    }

    /** Returns who is told how far it has got. */
    public Progress progress() {
        return extras.progress;
    }
}
