package io.jrados.msgr;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.EventExecutor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Netty that a program has, looked at before anything needs it. Others choose it more often than we do: a
 * framework's managed versions replace those that we name, wholly or in part, and what does not fit would show as a
 * missing class in the middle of a connection.
 */
public final class NettyCheck {
    /** The oldest 4.1 that the tests ran with. */
    static final int OLDEST_OF_4_1 = 100;

    private static final String ADVICE = ": jrados needs the modules netty-common, netty-buffer, netty-resolver and"
            + " netty-transport of one version, from 4.1." + OLDEST_OF_4_1
            + " on; set it by the property netty.version or by"
            + " importing io.netty:netty-bom, or depend on io.jrados:jrados-shaded, which needs no Netty";

    private static final Logger LOG = LoggerFactory.getLogger(NettyCheck.class);

    private static final Pattern VERSION = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})\\.(\\d{1,4}).*");

    /** Netty's switch for its events of the JVM's flight recorder. */
    private static final String RECORDER = "io.netty.jfr.enabled";

    private NettyCheck() {}

    /**
     * Has Netty begin without its listener for the JVM's flight recorder, unless the program has set Netty's property
     * for it. Nobody ever takes that listener back, so that the JVM would hold this class loader for ever: of an
     * application that is deployed anew, say. Netty looks at the property once, when it is used first.
     */
    public static void begin() {
        if (System.getProperty(RECORDER) != null) {
            return;
        }
        System.setProperty(RECORDER, "false");
        try {
            LOG.trace("buffers come from {}", ByteBufAllocator.DEFAULT);
        } catch (LinkageError missing) {
            LOG.debug("Netty cannot begin, as connecting will tell", missing);
        } finally {
            System.clearProperty(RECORDER);
        }
    }

    /** The reason why this Netty will not do, and what to set, in one sentence; empty if it will. */
    public static Optional<String> problem() {
        try {
            return problem(found());
        } catch (LinkageError missing) {
            return Optional.of("a part of Netty is missing or too old (" + missing.getMessage() + ")" + ADVICE);
        }
    }

    /** As {@link #problem()}, of versions by module; a module of unknown version is left out. */
    static Optional<String> problem(Map<String, String> versions) {
        TreeSet<String> lines = new TreeSet<>();
        for (String version : versions.values()) {
            Matcher parts = VERSION.matcher(version);
            if (parts.matches()) {
                int line = 1000 * Integer.parseInt(parts.group(1)) + Integer.parseInt(parts.group(2));
                if (line < 4001 || line == 4001 && Integer.parseInt(parts.group(3)) < OLDEST_OF_4_1) {
                    return Optional.of("Netty is too old (" + text(versions) + ")" + ADVICE);
                }
                lines.add(parts.group(1) + "." + parts.group(2));
            }
        }
        return lines.size() > 1
                ? Optional.of("Netty's modules do not belong together (" + text(versions) + ")" + ADVICE)
                : Optional.empty();
    }

    /** The modules' versions, as far as their jars or module names tell them. */
    static Map<String, String> found() {
        Map<String, String> versions = new LinkedHashMap<>();
        put(versions, "netty-common", EventExecutor.class);
        put(versions, "netty-buffer", ByteBuf.class);
        put(versions, "netty-resolver", AddressResolverGroup.class);
        put(versions, "netty-transport", EventLoop.class);
        return versions;
    }

    static String text(Map<String, String> versions) {
        if (versions.isEmpty()) {
            return "of unknown version";
        }
        TreeSet<String> different = new TreeSet<>(versions.values());
        return different.size() == 1 ? different.first() : versions.toString().replaceAll("[{}]", "");
    }

    private static void put(Map<String, String> versions, String module, Class<?> of) {
        String version = version(of);
        if (version != null) {
            versions.put(module, version);
        }
    }

    /** Reads the version of a class's jar; one that was made of several jars has none of Netty's. */
    private static @Nullable String version(Class<?> type) {
        Module module = type.getModule();
        if (module.isNamed()) {
            return module.getName().startsWith("io.netty")
                    ? module.getDescriptor().rawVersion().orElse(null)
                    : null;
        }
        Package manifest = type.getPackage();
        String title = manifest.getImplementationTitle();
        return title != null && title.startsWith("Netty/") ? manifest.getImplementationVersion() : null;
    }
}
