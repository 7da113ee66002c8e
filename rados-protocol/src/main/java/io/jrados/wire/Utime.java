package io.jrados.wire;

import java.time.Duration;
import java.time.Instant;

/** utime_t (src/include/utime.h): 32 bits of seconds and 32 of nanoseconds, as a time since 1970 or as a duration. */
public record Utime(long seconds, int nanos) {
    public static final Utime ZERO = new Utime(0, 0);

    public static Utime decode(Decoder in) {
        return new Utime(in.u32(), in.i32());
    }

    public void encode(Encoder out) {
        out.u32(seconds).u32(nanos);
    }

    public static Utime ofMillis(long millis) {
        return new Utime(Math.floorDiv(millis, 1000L), (int) Math.floorMod(millis, 1000L) * 1_000_000);
    }

    public static Utime of(Duration duration) {
        return new Utime(duration.getSeconds(), duration.getNano());
    }

    public Instant toInstant() {
        return Instant.ofEpochSecond(seconds, nanos);
    }

    public Duration toDuration() {
        return Duration.ofSeconds(seconds, nanos);
    }
}
