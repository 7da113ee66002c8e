package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.ImageOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Ceph's own Python binding of librbd. */
final class NativeActor implements ImageActor, AutoCloseable {
    /** See {@link ImageActor#view}. */
    private static final String VIEW =
            """
            def digest(i):
              import hashlib
              return hashlib.sha256(i.read(0, i.size()) if i.size() else b'').hexdigest()
            def view(n):
              with rbd.Image(ioctx, n, read_only=True) as i:
                try:
                  parent = i.get_parent_image_spec()
                  parent = parent['image_name'] + '@' + parent['snap_name']
                except rbd.ImageNotFound:
                  parent = '-'
                limit = i.get_snap_limit()
                keys = ', '.join(k + '=' + v for k, v in sorted(i.metadata_list()))
                out = 'size %d order %d features %d flags %d unit %d count %d pool %d' % (i.size(), \
            i.stat()['order'], i.features(), i.flags(), i.stripe_unit(), i.stripe_count(), i.data_pool_id())
                out += ' parent ' + parent + ' overlap %d limit %d' % (i.overlap() if parent != '-' else 0, \
            limit if limit < 2 ** 63 else -1)
                out += ' keys {' + keys + '} ' + digest(i)
                for s in i.list_snaps():
                  if s['namespace'] == 0:
                    with rbd.Image(ioctx, n, snapshot=s['name'], read_only=True) as j:
                      out += '\\n%s %d %s %s' % (s['name'], s['size'], i.is_protected_snap(s['name']), digest(j))
              return out
            """;

    private final NativeClient client;
    private final NativeJudge judge;
    private final TestClient tool;

    /** @param tool to run the native tool with, in the same pool */
    NativeActor(NativeClient client, TestClient tool) throws IOException {
        this.client = client;
        this.tool = tool;
        judge = new NativeJudge(
                tool.cluster,
                tool.pool.name(),
                "exec('''" + VIEW.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "''')");
    }

    private void on(String name, String deed) throws IOException {
        String statement = "with rbd.Image(ioctx, '" + name + "') as i: i." + deed;
        assertThat(client.attempt(statement)).as(statement).startsWith("ok ");
    }

    /** The strings of a list. */
    private List<String> strings(String expression) throws IOException {
        String value = client.run("'/'.join(" + expression + ")").replace("'", "");
        return value.isEmpty()
                ? List.of()
                : Stream.of(value.split("/")).sorted().toList();
    }

    private static String layout(ImageOptions options) {
        return "order=" + options.order().orElse(0) + ", features="
                + options.features().orElseThrow() + ", stripe_unit="
                + options.stripeUnit().orElse(0) + ", stripe_count="
                + options.stripeCount().orElse(0) + ", data_pool="
                + options.dataPool().map(pool -> "'" + pool + "'").orElse("None");
    }

    @Override
    public void create(String name, long size, ImageOptions options) throws IOException {
        client.run("rbd.RBD().create(ioctx, '" + name + "', " + size + ", old_format=False, " + layout(options) + ")");
    }

    @Override
    public void write(String name, long offset, int value, int length) throws IOException {
        on(name, "write(bytes([" + value + "]) * " + length + ", " + offset + ")");
    }

    @Override
    public void discard(String name, long offset, long length) throws IOException {
        on(name, "discard(" + offset + ", " + length + ")");
    }

    @Override
    public void resize(String name, long size) throws IOException {
        on(name, "resize(" + size + ")");
    }

    @Override
    public void snapshot(String name, String snapshot) throws IOException {
        on(name, "create_snap('" + snapshot + "')");
    }

    @Override
    public void renameSnapshot(String name, String snapshot, String newName) throws IOException {
        on(name, "rename_snap('" + snapshot + "', '" + newName + "')");
    }

    @Override
    public void removeSnapshot(String name, String snapshot) throws IOException {
        on(name, "remove_snap('" + snapshot + "')");
    }

    @Override
    public void protect(String name, String snapshot) throws IOException {
        on(name, "protect_snap('" + snapshot + "')");
    }

    @Override
    public void unprotect(String name, String snapshot) throws IOException {
        on(name, "unprotect_snap('" + snapshot + "')");
    }

    @Override
    public void rollBack(String name, String snapshot) throws IOException {
        on(name, "rollback_to_snap('" + snapshot + "')");
    }

    @Override
    public void limit(String name, int limit) throws IOException {
        on(name, limit < 0 ? "remove_snap_limit()" : "set_snap_limit(" + limit + ")");
    }

    @Override
    public void clone(String parent, String snapshot, String child, ImageOptions options) throws IOException {
        // The binding of release 16 does not take the format.
        List<String> words = new ArrayList<>(List.of(
                "clone",
                "--rbd-default-clone-format",
                Integer.toString(options.cloneFormat().orElseThrow()),
                "--object-size",
                (1 << options.order().orElseThrow()) + "B"));
        for (String feature :
                Features.toString(options.features().orElseThrow()).split(",")) {
            words.addAll(List.of("--image-feature", feature));
        }
        if (options.stripeCount().orElse(1) > 1) {
            words.addAll(List.of(
                    "--stripe-unit",
                    options.stripeUnit().orElseThrow() + "B",
                    "--stripe-count",
                    "" + options.stripeCount().orElseThrow()));
        }
        options.dataPool().ifPresent(pool -> words.addAll(List.of("--data-pool", pool)));
        words.addAll(List.of(tool.spec(parent) + "@" + snapshot, tool.spec(child)));
        tool.rbd(words.toArray(String[]::new));
    }

    @Override
    public void flatten(String name) throws IOException {
        on(name, "flatten()");
    }

    @Override
    public List<String> children(String name, String snapshot) throws IOException {
        return strings("[c['image'] for c in rbd.Image(ioctx, '" + name + "', snapshot='" + snapshot
                + "', read_only=True).list_children2()]");
    }

    @Override
    public void setKey(String name, String key, String value) throws IOException {
        on(name, "metadata_set('" + key + "', '" + value + "')");
    }

    @Override
    public void removeKey(String name, String key) throws IOException {
        on(name, "metadata_remove('" + key + "')");
    }

    @Override
    public void setOption(String name, String option, String value) throws IOException {
        on(name, "config_set('" + option + "', '" + value + "')");
    }

    @Override
    public void removeOption(String name, String option) throws IOException {
        on(name, "config_remove('" + option + "')");
    }

    @Override
    public void features(String name, long bits, boolean enabled) throws IOException {
        on(name, "update_features(" + bits + ", " + (enabled ? "True" : "False") + ")");
    }

    @Override
    public void rebuild(String name) throws IOException {
        on(name, "rebuild_object_map()");
    }

    @Override
    public void rename(String name, String newName) throws IOException {
        client.run("rbd.RBD().rename(ioctx, '" + name + "', '" + newName + "')");
    }

    @Override
    public String throwAway(String name) throws IOException {
        String id = client.run("rbd.Image(ioctx, '" + name + "', read_only=True).id()")
                .replace("'", "");
        client.run("rbd.RBD().trash_move(ioctx, '" + name + "', 0)");
        return id;
    }

    @Override
    public void restore(String id, String newName) throws IOException {
        client.run("rbd.RBD().trash_restore(ioctx, '" + id + "', '" + newName + "')");
    }

    @Override
    public void remove(String name) throws IOException {
        client.run("rbd.RBD().remove(ioctx, '" + name + "')");
    }

    @Override
    public List<String> list() throws IOException {
        return strings("rbd.RBD().list(ioctx)");
    }

    @Override
    public String view(String name) throws IOException {
        String view = judge.ask(client -> client.run("view('" + name + "')"));
        return view.substring(1, view.length() - 1).replace("\\n", "\n");
    }

    @Override
    public void close() throws IOException {
        judge.close();
    }
}
