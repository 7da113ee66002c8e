package io.jrados.rbd.ops;

import io.jrados.error.AlreadyExistsException;
import io.jrados.error.BusyException;
import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.osd.op.WriteOperation;
import io.jrados.rados.Pool;
import io.jrados.rbd.format.DirectoryCalls;
import io.jrados.rbd.format.MirroringCalls;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.format.TrashCalls;
import io.jrados.rbd.header.ClassCalls;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The namespaces of a pool, each with images of its own (src/librbd/api/Namespace.cc). Both verbs, run again, finish
 * what an interrupted run began.
 */
public final class Namespaces {
    private static final long PAGE = 1024;

    /** The objects in a namespace beside images; the directory last, which says that the namespace is there. */
    private static final List<String> OBJECTS = List.of(
            ObjectNames.CHILDREN,
            ObjectNames.GROUP_DIRECTORY,
            ObjectNames.INFO,
            ObjectNames.MIRRORING,
            ObjectNames.TASK,
            ObjectNames.TRASH,
            ObjectNames.DIRECTORY);

    private final Pool pool;

    /** @param pool in any of its namespaces */
    public Namespaces(Pool pool) {
        this.pool = pool.inNamespace("");
    }

    /** In order. */
    public List<String> list() throws RadosException {
        Set<String> all = new TreeSet<>();
        String after = "";
        Set<String> page;
        do {
            String from = after;
            page = Tolerate.absent(() ->
                            ClassCalls.read(pool, ObjectNames.NAMESPACE, DirectoryCalls.namespaceList(from, PAGE)))
                    .orElse(Set.of());
            for (String name : page) {
                after = name;
            }
            all.addAll(page);
        } while (page.size() == PAGE);
        return List.copyOf(all);
    }

    /** Whether images can be made there. */
    public boolean exists(String name) throws RadosException {
        checkName(name, "looking for");
        return Tolerate.absent(() -> ClassCalls.read(
                        pool.inNamespace(name), ObjectNames.DIRECTORY, DirectoryCalls.dirStateIsReady()))
                .isPresent();
    }

    /** @throws RadosException EINVAL for an empty name, EEXIST */
    public void create(String name) throws RadosException {
        checkName(name, "creating");
        Pool inside = pool.inNamespace(name);
        Rollback rollback = new Rollback();
        try {
            try {
                rollback.attempt(
                        () -> ClassCalls.write(pool, ObjectNames.NAMESPACE, DirectoryCalls.namespaceAdd(name)),
                        () -> removeName(name));
            } catch (AlreadyExistsException taken) {
                if (exists(name)) {
                    throw new AlreadyExistsException(doing("creating", name), taken);
                }
            }
            rollback.attempt(
                    () -> inside.operate(ObjectNames.TRASH, new WriteOperation().create(false)),
                    () -> Tolerate.remove(inside, ObjectNames.TRASH));
            rollback.attempt(
                    () -> ClassCalls.write(inside, ObjectNames.DIRECTORY, DirectoryCalls.dirStateSetReady()),
                    () -> Tolerate.remove(inside, ObjectNames.DIRECTORY));
        } catch (Throwable failed) {
            rollback.run(failed);
            throw failed;
        }
    }

    /**
     * @throws RadosException EINVAL for an empty name, ENOENT, EBUSY with images, groups, mirroring or a trash that is
     *     not empty
     */
    public void remove(String name) throws RadosException {
        checkName(name, "removing");
        if (!list().contains(name)) {
            throw new NotFoundException(doing("removing", name), null);
        }
        Pool inside = pool.inNamespace(name);
        checkMirroring(inside, name);
        disable(inside, name);
        if (hasTrash(inside) || hasGroups(inside)) {
            ClassCalls.write(inside, ObjectNames.DIRECTORY, DirectoryCalls.dirStateSetReady());
            throw new BusyException(doing("removing", name) + ": its trash or a group has images", null);
        }
        for (String object : OBJECTS) {
            Tolerate.remove(inside, object);
        }
        removeName(name);
    }

    /** From here on nobody makes an image there. */
    private void disable(Pool inside, String name) throws RadosException {
        WriteOperation operation = new WriteOperation();
        DirectoryCalls.dirStateSetAddDisabled().addTo(operation);
        operation.delete();
        try {
            Tolerate.errors(() -> inside.operate(ObjectNames.DIRECTORY, operation), Errno.ENOENT);
        } catch (RadosException failed) {
            throw failed.errno() == Errno.EBUSY
                    ? new BusyException(doing("removing", name) + ": it has images", failed)
                    : failed;
        }
    }

    private static boolean hasTrash(Pool inside) throws RadosException {
        return Tolerate.absent(() -> ClassCalls.read(inside, ObjectNames.TRASH, TrashCalls.list("", 1)))
                .filter(entries -> !entries.isEmpty())
                .isPresent();
    }

    private static boolean hasGroups(Pool inside) throws RadosException {
        return Tolerate.absent(() -> inside.omap(ObjectNames.GROUP_DIRECTORY))
                .filter(keys -> keys.keySet().stream().anyMatch(key -> key.startsWith("name_")))
                .isPresent();
    }

    private static void checkMirroring(Pool inside, String name) throws RadosException {
        if (Tolerate.absent(() -> ClassCalls.read(inside, ObjectNames.MIRRORING, MirroringCalls.mode()))
                .filter(mode -> mode != 0)
                .isPresent()) {
            throw new BusyException(
                    doing("removing", inside, name) + ": it is mirrored: use 'rbd mirror pool disable' before", null);
        }
    }

    private void removeName(String name) throws RadosException {
        Tolerate.errors(
                () -> ClassCalls.write(pool, ObjectNames.NAMESPACE, DirectoryCalls.namespaceRemove(name)),
                Errno.ENOENT);
    }

    private void checkName(String name, String verb) throws RadosException {
        if (name.isEmpty()) {
            throw new RadosException(
                    Errno.EINVAL, verb + " a namespace of pool " + pool.name() + ": the name is empty");
        }
    }

    private String doing(String verb, String name) {
        return doing(verb, pool, name);
    }

    private static String doing(String verb, Pool pool, String name) {
        return verb + " namespace " + pool.name() + "/" + name;
    }
}
