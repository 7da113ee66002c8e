package io.jrados.osd.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.cls.LockCalls;
import io.jrados.error.Errno;
import io.jrados.error.MalformedException;
import io.jrados.error.RadosException;
import io.jrados.message.ObjectPage;
import io.jrados.message.OsdOpReply;
import io.jrados.message.Replies;
import io.jrados.testkit.Covers;
import io.jrados.testkit.Fuzz;
import io.jrados.testkit.FuzzCampaign;
import io.jrados.wire.Encoder;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.EntityName;
import io.jrados.wire.Payload;
import io.jrados.wire.Utime;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The outputs of an operation's parts, and the class {@code lock}: damaged ({@link FuzzCampaign}). */
@Covers({"E03", "K24"})
class HostileOutputsTest {
    private static final Logger LOG = LoggerFactory.getLogger(HostileOutputsTest.class);

    private final FuzzCampaign campaign = new FuzzCampaign();

    private void add(String name, byte[] good, Output output) {
        campaign.add(
                name,
                new Fuzz(name, good, bytes -> output.read(Unpooled.wrappedBuffer(bytes)), MalformedException.class));
    }

    private interface Answer {
        Object of(byte[] bytes) throws RadosException;
    }

    private void call(String name, byte[] good, Answer answer) {
        add(name, good, bytes -> {
            try {
                return answer.of(ByteBufUtil.getBytes(bytes));
            } catch (RadosException refused) {
                throw new MalformedException(refused.getMessage(), refused);
            }
        });
    }

    private void outputs() {
        add("watchers", Replies.recorded("list-watchers", 0), StructOutputs::watchers);
        add("snapshots", Replies.recorded("list-snaps", 0), StructOutputs::snaps);
        add("sparse read", Replies.recorded("sparse-read", 0), new SparseOutput(0, 4 << 20));
        add("object page", Replies.recorded("list-objects", 0), ObjectPage::decode);
        add("stat", Encoder.bytesOf(out -> new Utime(1, 2).encode(out.u64(5))), StructOutputs::stat);
        byte[] pairs = Encoder.bytesOf(
                out -> out.u32(2).string("a").string("1").string("b").string("2"));
        add("pairs", pairs, StructOutputs::pairs);
        add("page", Encoder.bytesOf(out -> out.raw(pairs).bool(true)), StructOutputs::page);
        add("keys", Encoder.bytesOf(out -> out.u32(2).string("a").string("ö").bool(true)), StructOutputs::keys);
        add("extents", Encoder.bytesOf(out -> out.u32(1).u64(0).u64(512)), StructOutputs::extents);
        add("flag", new byte[] {1}, StructOutputs::flag);
        add("checksums", Encoder.bytesOf(out -> out.u32(2).u32(1).u32(2)), ChecksumType.CRC32C::read);
        add("long checksums", Encoder.bytesOf(out -> out.u32(1).u64(2)), ChecksumType.XXHASH64::read);
    }

    private void locks() {
        EntityAddr address = EntityAddr.of(EntityAddr.ANY, 77, new byte[] {10, 0, 0, 99}, 0);
        byte[] info = Encoder.bytesOf(out -> out.struct(1, 1, reply -> {
            reply.u32(1);
            reply.struct(1, 1, id -> {
                new EntityName(EntityName.CLIENT, 4123).encode(id);
                id.string("cookie");
            });
            reply.struct(1, 1, locker -> {
                new Utime(5, 0).encode(locker);
                address.encode(locker);
                locker.string("why");
            });
            reply.u8(1).string("tag");
        }));
        call("holders of a lock", info, bytes -> LockCalls.info(bytes, "asking"));
        byte[] names = Encoder.bytesOf(
                out -> out.struct(1, 1, reply -> reply.u32(2).string("a").string("b")));
        call("names of locks", names, bytes -> LockCalls.names(bytes, "asking"));
    }

    /** A whole reply that is damaged below its checksums, as the operation and then its caller read it. */
    private void reply(String name, Supplier<ReadOperation> asked, Consumer<ReadResult> caller, Replies.Part... parts) {
        Payload payload = Replies.payload(0, parts);
        int front = payload.front().readableBytes();
        byte[] good = Encoder.bytesOf(
                out -> out.raw(ByteBufUtil.getBytes(payload.front())).raw(ByteBufUtil.getBytes(payload.data())));
        payload.release();
        campaign.add(
                "reply to " + name,
                new Fuzz(
                        "reply to " + name,
                        good,
                        bytes -> {
                            int cut = Math.min(front, bytes.length);
                            OsdOpReply reply = OsdOpReply.decode(new Payload(
                                    43,
                                    8,
                                    2,
                                    5,
                                    Payload.DEFAULT_PRIORITY,
                                    Unpooled.wrappedBuffer(bytes, 0, cut),
                                    Unpooled.EMPTY_BUFFER,
                                    Unpooled.wrappedBuffer(bytes, cut, bytes.length - cut)));
                            try {
                                ReadResult result = asked.get().operation().result(reply, () -> name);
                                caller.accept(result);
                                return result;
                            } catch (RadosException refused) {
                                // a damaged number may be any errno; the cause of a decoder's bug is no refusal
                                Throwable cause = refused.getCause();
                                assertThat(cause == null || cause instanceof MalformedException)
                                        .as("%s", cause)
                                        .isTrue();
                                throw new MalformedException(refused.getMessage(), refused);
                            }
                        },
                        MalformedException.class));
    }

    private void replies() {
        reply(
                "stat",
                () -> new ReadOperation().stat(),
                result -> result.stat(0),
                Replies.part(0, Encoder.bytesOf(out -> new Utime(1, 2).encode(out.u64(5)))));
        reply(
                "read",
                () -> new ReadOperation().read(0, ByteBuffer.allocate(8)),
                result -> result.data(0),
                Replies.part(8, new byte[8]));
        reply(
                "sparse read",
                () -> new ReadOperation().sparseRead(0, 4 << 20),
                result -> result.sparse(0),
                Replies.part(0, Replies.recorded("sparse-read", 0)));
        reply(
                "snapshots",
                () -> new ReadOperation().listSnaps(),
                HostileOutputsTest::edges,
                Replies.part(0, Replies.recorded("list-snaps", 0)));
        reply(
                "watchers",
                () -> new ReadOperation().listWatchers(),
                result -> result.watchers(0),
                Replies.part(0, Replies.recorded("list-watchers", 0)));
        reply(
                "a class call and an attribute",
                () -> new ReadOperation().exec("rbd", "get_size", new byte[0]).getXattr("a"),
                result -> {
                    result.output(0);
                    result.xattr(1);
                },
                Replies.part(0, new byte[9]),
                Replies.part(3, new byte[3]));
        byte[] pairs = Encoder.bytesOf(out -> out.u32(1).string("a").string("1").u8(0));
        reply(
                "pairs",
                () -> new ReadOperation().omapValues("", "", 10),
                result -> result.omap(0),
                Replies.part(0, pairs));
    }

    /** Uses the states of an object as a caller does. */
    private static void edges(ReadResult result) {
        for (SnapSet.Clone clone : result.snaps(0).clones()) {
            if (clone.id() != SnapContext.HEAD) {
                clone.snaps().get(0);
            }
        }
    }

    @Test
    void aReplyThatContradictsItselfIsRefused() {
        assertThatThrownBy(() -> new ReadOperation()
                        .exec("rbd", "get_size", new byte[0])
                        .operation()
                        .result(Replies.reply(0, Replies.part(-65536)), () -> "asking"))
                .isInstanceOfSatisfying(RadosException.class, refused -> assertThat(refused.errno())
                        .isEqualTo(Errno.EBADMSG))
                .hasMessageContaining("failed with -65536 in a reply that tells success");
    }

    @Test
    void areRefusedOrRead() {
        outputs();
        locks();
        replies();
        FuzzCampaign.Outcome outcome = campaign.run();
        LOG.info("{}", outcome);
        assertThat(outcome.decoded()).isPositive();
        assertThat(outcome.refused()).isGreaterThan(outcome.goldens());
    }
}
