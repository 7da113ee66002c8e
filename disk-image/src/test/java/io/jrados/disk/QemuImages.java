package io.jrados.disk;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Images that {@code qemu-img} and {@code qemu-io} make: each combination that matters, by a name that says it. */
final class QemuImages {
    private static final int FEATURES_AT = 79;

    private final Tools tools;
    private final Map<String, Consumer<String>> makers = new LinkedHashMap<>();

    private QemuImages(Tools tools) {
        this.tools = tools;
    }

    /** The makers of all images by name; each makes the file that it is given the name of. */
    static Map<String, Consumer<String>> all(Tools tools) {
        QemuImages images = new QemuImages(tools);
        images.clusterSizes();
        images.debian();
        images.allocations();
        images.sizes();
        images.scattered();
        images.histories();
        return images.makers;
    }

    private void convert(String name, String source, String options) {
        boolean compresses = name.contains(" zlib") || name.contains(" zstd");
        makers.put(name, file -> {
            if (compresses) {
                tools.qemuImg("convert", "-c", "-O", "qcow2", "-o", options, source, file);
            } else {
                tools.qemuImg("convert", "-O", "qcow2", "-o", options, source, file);
            }
        });
    }

    private void clusterSizes() {
        for (String size : new String[] {"512", "4k", "64k", "2M"}) {
            convert("v2 " + size, "mixed.raw", "compat=0.10,cluster_size=" + size);
            convert("v2 zlib " + size, "mixed.raw", "compat=0.10,cluster_size=" + size);
        }
        for (String size : new String[] {"512", "1k", "8k", "64k", "512k", "2M"}) {
            convert("v3 " + size, "mixed.raw", "cluster_size=" + size);
            convert("v3 zlib " + size, "mixed.raw", "cluster_size=" + size);
            convert("v3 zstd " + size, "mixed.raw", "compression_type=zstd,cluster_size=" + size);
        }
        for (String size : new String[] {"16k", "64k", "2M"}) {
            convert("extended " + size, "mixed.raw", "extended_l2=on,cluster_size=" + size);
            convert("extended zlib " + size, "mixed.raw", "extended_l2=on,cluster_size=" + size);
            convert("extended zstd " + size, "mixed.raw", "extended_l2=on,compression_type=zstd,cluster_size=" + size);
        }
    }

    private void debian() {
        for (String layout : new String[] {"", ",extended_l2=on"}) {
            convert("debian" + layout, "debian.raw", "compat=1.1" + layout);
            convert("debian zlib" + layout, "debian.raw", "compat=1.1" + layout);
            convert("debian zstd" + layout, "debian.raw", "compression_type=zstd" + layout);
        }
    }

    private void allocations() {
        for (String how : new String[] {"metadata", "falloc", "full"}) {
            makers.put("preallocation " + how, file -> {
                tools.qemuImg("create", "-q", "-f", "qcow2", "-o", "preallocation=" + how, file, "8M");
                tools.qemuIo(file, "write -P 7 1M 200k", "write -P 8 7M 1M");
            });
        }
        makers.put("preallocation extended", file -> {
            tools.qemuImg("create", "-q", "-f", "qcow2", "-o", "extended_l2=on,preallocation=metadata", file, "8M");
            tools.qemuIo(file, "write -P 7 1M 10k", "write -z 2M 64k");
        });
        for (String bits : new String[] {"1", "8", "64"}) {
            convert("refcounts of " + bits, "mixed.raw", "refcount_bits=" + bits);
        }
        convert("lazy refcounts", "mixed.raw", "lazy_refcounts=on");
        convert("lazy refcounts zlib", "mixed.raw", "lazy_refcounts=on");
    }

    private void sizes() {
        makers.put("empty", file -> tools.qemuImg("create", "-q", "-f", "qcow2", file, "0"));
        makers.put("nothing written", file -> tools.qemuImg("create", "-q", "-f", "qcow2", file, "10G"));
        makers.put("one sector", file -> small(file, "512", "write -P 1 0 512"));
        makers.put("a cluster and a sector", file -> small(file, "66048", "write -P 1 0 66048"));
        makers.put("a sector short", file -> small(file, "130560", "write -P 1 65536 65024"));
        makers.put("3 GiB", file -> small(file, "3G", "write -P 1 100 1000", "write -P 2 3221224960 512"));
        makers.put(
                "1 TiB", file -> small(file, "1T", "write -P 3 512G 1M", "write -z 600G 2M", "write -P 2 1000G 70k"));
    }

    private void small(String file, String size, String... commands) {
        tools.qemuImg("create", "-q", "-f", "qcow2", file, size);
        tools.qemuIo(file, commands);
    }

    private void scattered() {
        for (String options : new String[] {
            "compat=0.10",
            "compat=0.10,cluster_size=4k",
            "cluster_size=64k",
            "cluster_size=2M,compression_type=zstd",
            "compression_type=zstd",
            "extended_l2=on",
            "extended_l2=on,compression_type=zstd,cluster_size=32k"
        }) {
            makers.put("scattered " + options, file -> {
                tools.qemuImg("create", "-q", "-f", "qcow2", "-o", options, file, "16M");
                tools.qemuIo(
                        file,
                        "write -P 1 0 3000",
                        "write -P 2 70000 100",
                        "write -P 3 1M 300k",
                        "write -z 1100k 64k",
                        "write -z -u 1200k 64k",
                        "discard 1280k 64k",
                        "write -c -P 4 4M 2M",
                        "write -P 5 4300k 2k",
                        "write -z 6M 100k",
                        "write -P 9 6150k 1k",
                        "write -z 8M 2M",
                        "write -c -P 4 10M 2M",
                        "discard 10M 2M",
                        "write -P 6 16300k 84k");
            });
        }
    }

    private void histories() {
        for (String options : new String[] {"compat=0.10", "compat=1.1", "extended_l2=on"}) {
            makers.put("snapshots " + options, file -> {
                tools.qemuImg("create", "-q", "-f", "qcow2", "-o", options, file, "4M");
                tools.qemuIo(file, "write -P 1 0 1M");
                tools.qemuImg("snapshot", "-c", "first", file);
                tools.qemuIo(file, "write -P 2 512k 1M");
                tools.qemuImg("snapshot", "-c", "zweite \u00e4", file);
                tools.qemuIo(file, "write -P 3 600k 100k", "discard 0 256k");
            });
        }
        makers.put("back to a snapshot", file -> {
            tools.qemuImg("create", "-q", "-f", "qcow2", file, "4M");
            tools.qemuIo(file, "write -P 1 0 1M");
            tools.qemuImg("snapshot", "-c", "first", file);
            tools.qemuIo(file, "write -P 2 512k 1M");
            tools.qemuImg("snapshot", "-a", "first", file);
        });
        makers.put("grown and shrunk", file -> {
            tools.qemuImg("create", "-q", "-f", "qcow2", file, "4M");
            tools.qemuIo(file, "write -P 1 0 4M");
            tools.qemuImg("resize", "-q", file, "20M");
            tools.qemuIo(file, "write -P 2 19M 1M");
            tools.qemuImg("resize", "-q", "--shrink", file, "3145728");
        });
        makers.put("with bitmaps", file -> {
            tools.qemuImg("create", "-q", "-f", "qcow2", file, "4M");
            tools.qemuImg("bitmap", "--add", file, "one");
            tools.qemuImg("bitmap", "--add", "--disable", "-g", "1M", file, "two");
            tools.qemuIo(file, "write -P 1 0 1M");
        });
        makers.put("dirty", file -> marked(file, 1));
        makers.put("corrupt", file -> marked(file, 2));
    }

    private void marked(String file, int bits) {
        tools.qemuImg("convert", "-O", "qcow2", "-o", "lazy_refcounts=on", "mixed.raw", file);
        try (RandomAccessFile image = new RandomAccessFile(tools.path(file).toFile(), "rw")) {
            image.seek(FEATURES_AT);
            image.write(bits);
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }
}
