package io.jrados.testkit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** Gives {@link CephTest} and {@link PrivateCephTest} classes their clusters. Registered by those annotations. */
public final class CephExtension implements BeforeAllCallback, AfterAllCallback, ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(CephExtension.class);

    /** The run's shared cluster, and the tool that makes clusters. */
    private static final class Run implements AutoCloseable {
        final ClusterTool tool;
        private Optional<CephCluster> shared = Optional.empty();
        private boolean condemned;

        Run() {
            try {
                tool = ClusterTool.unpack();
            } catch (IOException failed) {
                throw new IllegalStateException("cannot unpack the cluster tool", failed);
            }
        }

        CephCluster shared() throws IOException {
            if (shared.isEmpty()) {
                shared = Optional.of(new CephCluster(host()));
            }
            return shared.get();
        }

        private ClusterHost host() throws IOException {
            String named = System.getProperty("jrados.ceph.conf", System.getenv("CEPH_CONF"));
            if (named != null && !named.isBlank()) {
                return LocalHost.existing(tool, Path.of(named));
            }
            return start(List.of());
        }

        ClusterHost start(List<String> options) throws IOException {
            String way = System.getProperty("jrados.ceph.cluster", "");
            String release = System.getProperty("jrados.ceph.release", "");
            if (!way.equals("container") && (ClusterTool.hasPackages() || !release.isEmpty())) {
                List<String> all = new ArrayList<>(options);
                if (!release.isEmpty() && !all.contains("--release")) {
                    all.addAll(List.of("--release", release));
                }
                return LocalHost.start(tool, all);
            }
            if (!way.equals("packages") && Containers.areThere()) {
                return Containers.start(options);
            }
            throw new IllegalStateException(
                    "this test needs a Ceph cluster, and there is none: name one by CEPH_CONF, or install"
                            + " the packages ceph-mon, ceph-osd, ceph-mgr, ceph-common and python3-rados (in a checkout: tools/setup cluster),"
                            + " or " + Containers.HOW);
        }

        /** The class after which a daemon is first found dead is the one to fail; the others have done nothing. */
        void judgeShared() throws IOException {
            if (shared.isPresent() && !condemned) {
                Optional<String> verdict = shared.get().host.verdict();
                condemned = verdict.isPresent();
                fail(verdict);
            }
        }

        @Override
        public void close() throws IOException {
            if (shared.isPresent()) {
                shared.get().host.close();
            }
            tool.close();
        }
    }

    private static final class Owned implements AutoCloseable {
        final PrivateCephCluster cluster;

        Owned(PrivateCephCluster cluster) {
            this.cluster = cluster;
        }

        @Override
        public void close() throws IOException {
            cluster.host.close();
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        Optional<PrivateCephTest> options =
                AnnotationSupport.findAnnotation(context.getRequiredTestClass(), PrivateCephTest.class);
        if (options.isPresent()) {
            ClusterHost host = run(context).start(words(options.get()));
            store(context).put(Owned.class, new Owned(new PrivateCephCluster(host)));
        } else if (owned(context).isEmpty()) {
            run(context).shared();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        Class<?> test = context.getRequiredTestClass();
        Optional<PrivateCephCluster> own = owned(context);
        if (own.isPresent()) {
            fail(own.get().host.verdict());
        } else {
            Run run = run(context);
            run.shared().removePools(test);
            run.judgeShared();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == CephCluster.class || type == PrivateCephCluster.class || type == CephUser.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        CephCluster cluster = cluster(parameter, context);
        if (parameter.getParameter().getType() != CephUser.class) {
            return cluster;
        }
        try {
            Optional<CephUser> limited = cluster.limitedUser();
            return limited.isPresent() ? limited.get() : cluster.admin();
        } catch (IOException failed) {
            throw new IllegalStateException("cannot make a user of the run's Ceph cluster", failed);
        }
    }

    private static boolean isLeastPrivileged(ExtensionContext context) {
        return context.getRequiredTestClass().isAnnotationPresent(AsRbdUser.class)
                || System.getProperty("jrados.ceph.user", "").equals("rbd");
    }

    private CephCluster cluster(ParameterContext parameter, ExtensionContext context) {
        Optional<PrivateCephCluster> own = owned(context);
        boolean least = isLeastPrivileged(context);
        if (own.isPresent() && !parameter.isAnnotated(Shared.class)) {
            return least ? new PrivateCephCluster(own.get()) : own.get();
        }
        if (parameter.getParameter().getType() == PrivateCephCluster.class) {
            throw new IllegalStateException(context.getRequiredTestClass().getSimpleName()
                    + " wants a cluster of its own: annotate it with @PrivateCephTest");
        }
        try {
            CephCluster shared = run(context).shared();
            return least ? new CephCluster(shared) : shared;
        } catch (IOException failed) {
            throw new IllegalStateException("cannot reach the run's Ceph cluster", failed);
        }
    }

    private static List<String> words(PrivateCephTest options) {
        List<String> words = new ArrayList<>();
        words.addAll(List.of("--osds", Integer.toString(options.osds())));
        words.addAll(List.of("--mons", Integer.toString(options.mons())));
        words.addAll(List.of("--mgrs", Integer.toString(options.mgrs())));
        for (String module : options.mgrModules()) {
            words.addAll(List.of("--mgr-module", module));
        }
        if (!options.address().isEmpty()) {
            words.addAll(List.of("--addr", options.address()));
        }
        words.addAll(List.of("--store", options.store().name().toLowerCase(Locale.ROOT)));
        if (!options.release().isEmpty()) {
            words.addAll(List.of("--release", options.release()));
        }
        words.addAll(List.of("--keys", options.keys()));
        for (String line : options.conf()) {
            words.addAll(List.of("--conf", line));
        }
        return words;
    }

    private static void fail(Optional<String> verdict) {
        verdict.ifPresent(text -> {
            throw new AssertionError("Ceph's daemons judge their client, and one found us wrong: " + text);
        });
    }

    private static Run run(ExtensionContext context) {
        return context.getStore(StoreScope.LAUNCHER_SESSION, NAMESPACE)
                .computeIfAbsent(Run.class, key -> new Run(), Run.class);
    }

    private static Optional<PrivateCephCluster> owned(ExtensionContext context) {
        return Optional.ofNullable(store(context).get(Owned.class, Owned.class)).map(owned -> owned.cluster);
    }

    private static Store store(ExtensionContext context) {
        return context.getStore(NAMESPACE);
    }
}
