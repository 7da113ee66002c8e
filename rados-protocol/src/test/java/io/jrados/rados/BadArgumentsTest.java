package io.jrados.rados;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.cls.Lock;
import io.jrados.cls.LockCalls;
import io.jrados.cls.LockInfo;
import io.jrados.cls.LockTerms;
import io.jrados.cls.LockType;
import io.jrados.cls.Locks;
import io.jrados.conf.CephConf;
import io.jrados.conf.CephConfBuilder;
import io.jrados.conf.Deadlines;
import io.jrados.osd.op.Advice;
import io.jrados.osd.op.Borrower;
import io.jrados.osd.op.ChecksumType;
import io.jrados.osd.op.Comparison;
import io.jrados.osd.op.ObjectSource;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.ReadPolicy;
import io.jrados.osd.op.WriteOperation;
import io.jrados.testkit.BadArguments;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bad arguments of the calls beside Rados and Pool: a failure that names the argument, and in one way only. */
@CephTest
@Timeout(120)
class BadArgumentsTest {
    @Test
    void ofAdministrationAreNamed(CephCluster cluster) throws Exception {
        try (Rados rados = Rados.connect(CephConf.load(cluster.conf()))) {
            Pool pool = rados.pool(cluster.pool(getClass()));
            ClusterAdmin admin = rados.admin();
            BadArguments bad = new BadArguments()
                    .with(Command.class, Command.of("osd stat"))
                    .with(PoolOptions.class, PoolOptions.DEFAULT)
                    .with(PoolQuota.class, PoolQuota.NONE)
                    .with(LogLine.Level.class, LogLine.Level.INFO)
                    .with(Consumer.class, line -> {})
                    .with(ObjectFilter.class, ObjectFilter.xattrEquals("a", "b"))
                    .with(ObjectCursor.class, ObjectCursor.BEGIN)
                    .with(Lock.class, Lock.exclusive("lock", "cookie"))
                    .with(LockTerms.class, LockTerms.USUAL)
                    .with(
                            LockInfo.Locker.class,
                            new LockInfo.Locker("client.1", "cookie", Optional.empty(), "127.0.0.1:0/1", ""));
            bad.of(ClusterAdmin.class, admin).of(PoolAdmin.class, admin.pools());
            bad.of(Commands.class, admin.commands()).of(ConfigKeys.class, admin.configKeys());
            bad.of(Blocklist.class, admin.blocklist()).of(ObjectListing.class, pool.listing());
            bad.of(Locks.class, Locks.in(pool));
            assertThat(bad.wrong()).isEmpty();
            assertThat(bad.calls()).isGreaterThan(60);
        }
    }

    @Test
    void ofOperationsAreNamed() {
        ByteBuffer buffer = ByteBuffer.allocate(1);
        Borrower borrower = (extents, data) -> CompletableFuture.completedFuture(null);
        BadArguments bad = new BadArguments()
                .anyNumber("version", "value", "seed", "flags", "snapId")
                .with(ByteBuffer.class, buffer)
                .with(Borrower.class, borrower)
                .with(ChecksumType.class, ChecksumType.values()[0])
                .with(Comparison.class, Comparison.values()[0])
                .with(Collection.class, List.of())
                .with(Advice.class, Advice.values()[0])
                .with(ReadPolicy.class, ReadPolicy.DEFAULT)
                .with(ObjectSource.class, new ObjectSource(1, "", "object"))
                .with(Instant.class, Instant.EPOCH);
        bad.of(ReadOperation.class, new ReadOperation().stat());
        bad.of(WriteOperation.class, new WriteOperation().create(false));
        assertThat(bad.wrong()).isEmpty();
        assertThat(bad.calls()).isGreaterThan(60);
    }

    @Test
    void ofSettingsAreNamed() throws Exception {
        CephConf conf = CephConf.builder().build();
        BadArguments bad = new BadArguments()
                .anyNumber("value")
                .with(Path.class, Path.of("nowhere"))
                .with(CephConf.class, conf)
                .with(Executor.class, (Executor) Runnable::run)
                .with(UnaryOperator.class, (UnaryOperator<InetSocketAddress>) address -> address)
                .with(OperationHook.class, OperationHook.NONE)
                .with(RadosObserver.class, RadosObserver.NONE)
                .with(LockType.class, LockType.EXCLUSIVE)
                .with(Lock.class, Lock.exclusive("lock", "cookie"))
                .with(LockTerms.class, LockTerms.USUAL)
                .with(LockTerms.Renewal.class, LockTerms.Renewal.NONE);
        bad.of(CephConf.class, conf).of(CephConfBuilder.class, CephConf.builder());
        bad.of(Deadlines.class, Deadlines.DEFAULT).of(PoolOptions.class, PoolOptions.DEFAULT);
        bad.of(PoolQuota.class, PoolQuota.NONE).of(Command.class, Command.of("osd stat"));
        bad.of(Lock.class, Lock.exclusive("lock", "cookie")).of(LockTerms.class, LockTerms.USUAL);
        bad.statics(LockCalls.class)
                .statics(ObjectFilter.class)
                .statics(Command.class)
                .statics(IoLoops.class);
        try (IoLoops loops = IoLoops.start(1)) {
            bad.with(IoLoops.class, loops).of(RadosBuilder.class, Rados.builder(conf));
        }
        assertThat(bad.wrong()).isEmpty();
        assertThat(bad.calls()).isGreaterThan(60);
    }
}
