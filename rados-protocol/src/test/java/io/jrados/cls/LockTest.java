package io.jrados.cls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.testkit.Covers;
import io.jrados.wire.Encoder;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.EntityName;
import io.jrados.wire.Utime;
import java.time.Duration;
import java.time.Instant;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The requests to the class {@code lock} and its answers, without a cluster. */
class LockTest {
    private static byte[] held(long expires) {
        return Encoder.bytesOf(out -> out.struct(1, 1, reply -> {
            reply.u32(1);
            reply.struct(1, 1, id -> {
                new EntityName(EntityName.CLIENT, 4123).encode(id);
                id.string("cookie");
            });
            reply.struct(1, 1, locker -> {
                new Utime(expires, 0).encode(locker);
                EntityAddr.of(EntityAddr.ANY, 77, new byte[] {10, 0, 0, 99}, 0).encode(locker);
                locker.string("why");
            });
            reply.u8(1).string("tag");
        }));
    }

    @Test
    void hasANameAndAType() {
        assertThatIllegalArgumentException().isThrownBy(() -> Lock.exclusive("", "c"));
        assertThatIllegalArgumentException().isThrownBy(() -> new Lock("l", LockType.NONE, "c", ""));
        assertThat(Lock.shared("l", "c", "t").withCookie("d").withTag("u"))
                .isEqualTo(new Lock("l", LockType.SHARED, "d", "u"));
    }

    @Test
    void holdersHaveATimeOrNone() throws RadosException {
        assertThat(LockCalls.info(held(5), "asking").lockers())
                .singleElement()
                .extracting(LockInfo.Locker::expires, InstanceOfAssertFactories.optional(Instant.class))
                .contains(Instant.ofEpochSecond(5));
        assertThat(LockCalls.info(held(0), "asking").lockers().get(0).expires()).isEmpty();
        assertThat(LockCalls.info(held(0), "asking").tag()).isEqualTo("tag");
    }

    /** CVE-2026-68082 and CVE-2026-80561 of the kernel's client: a holder of a struct without bytes. */
    @ParameterizedTest
    @ValueSource(ints = {12, 37})
    @Covers("K24")
    void aHolderWithoutBytesIsRefused(int lengthAt) {
        byte[] info = held(5);
        for (int i = 0; i < 4; i++) {
            info[lengthAt + i] = 0;
        }
        org.assertj.core.api.Assertions.assertThatExceptionOfType(RadosException.class)
                .isThrownBy(() -> LockCalls.info(info, "asking"))
                .satisfies(refused -> assertThat(refused.errno()).isEqualTo(Errno.EBADMSG));
    }

    @Test
    void termsSayHowLong() {
        assertThat(LockCalls.lock(Lock.exclusive("l", "c"), LockTerms.USUAL.withDuration(Duration.ofSeconds(5)))
                        .input())
                .contains(5);
    }

    @Test
    void termsHaveNoDurationUnlessOneIsSet() {
        assertThat(LockTerms.USUAL.duration()).isEmpty();
        LockTerms minute = LockTerms.USUAL.withDuration(Duration.ofMinutes(1));
        assertThat(minute.duration()).contains(Duration.ofMinutes(1));
        assertThat(minute.withoutDuration()).isEqualTo(LockTerms.USUAL).hasSameHashCodeAs(LockTerms.USUAL);
        assertThatThrownBy(() -> minute.withDuration(Duration.ZERO)).hasMessage("duration: PT0S");
        assertThatThrownBy(() -> minute.withDuration(Duration.ofSeconds(-1))).hasMessage("duration: PT-1S");
    }
}
